/** One source's client on a page: takes calls, makes messages of them, and minds what the visitor allowed. */

import { pageNow } from './address'
import { messageOf, randomId, type Message, type MessageType, type Page, type Properties, type Said } from './message'
import type { Purposes, Settings } from './options'
import { granted, modeOf, purposesOf, type Mode } from './permission'
import { Queue } from './queue'
import type { Recorder } from './recorder'
import { fingerprint, Repeats } from './repeats'
import { Sender } from './sender'
import { Vault } from './vault'

const MOST_HELD = 100
const LARGEST = 30_000 // the server takes 32 KiB a message
const DAY_MS = 86_400_000

export interface Client {
  track(event: string, properties?: Properties): void
  identify(userId: string | number | null | undefined, traits?: Properties): void
  page(name?: string | Properties, properties?: Properties): void
  group(groupId: string | number, traits?: Properties): void
  alias(userId: string | number, previousId?: string): void
  /** The visitor has left, somebody else may come: a new anonymous id, no user. */
  reset(): void
  /** What the visitor allows from now on; nothing allowed is a refusal, which also forgets the visitor. */
  consent(purposes: Purposes): void
  /** Send what waits, now. */
  flush(): void
  /** The id of this visitor, for the server's side of a page; undefined as long as nothing may be known. */
  anonymousId(): string | undefined
}

export class PageClient implements Client, Recorder {
  private vault: Vault
  private queue: Queue
  private sender: Sender
  private repeats = new Repeats()
  private held: Message[] = []
  private listeners: ((event: string) => void)[] = []
  private pageId = randomId()
  private count = 0
  private was: Mode | undefined

  constructor(
    host: string,
    key: string,
    name: string,
    private settings: Settings,
  ) {
    this.vault = new Vault(name, settings.persistence, settings.cookieDomain)
    this.queue = new Queue(name, settings.persistence !== 'memory')
    this.sender = new Sender(host, key, this.queue, () => this.mayRecord())
    this.mode()
  }

  track(event: string, properties: Properties = {}): void {
    this.once('track', { event, properties }, this.settings.sendNow.includes(event))
  }

  identify(id: string | number | null | undefined, traits: Properties = {}): void {
    if (this.mode() === 'refused') return
    const { u: before } = this.vault.read()
    const u = id == null || id === '' ? before : String(id)
    // Another user on this device is another visitor: one anonymous id for both would make them one person.
    if (before && u !== before) this.vault.change({ a: randomId(), g: undefined, t: undefined })
    const t = fingerprint(JSON.stringify([u, traits, Math.floor(Date.now() / DAY_MS)]))
    if (this.vault.read().t === t) return // told today already
    this.vault.change({ u, t })
    this.say('identify', { traits }, undefined, true)
  }

  page(named?: string | Properties, properties: Properties = {}): void {
    this.once('page', typeof named === 'object' ? { properties: named } : { name: named, properties })
  }

  group(id: string | number, traits: Properties = {}): void {
    if (this.mode() === 'refused') return
    this.vault.change({ g: String(id) })
    this.once('group', { groupId: String(id), traits })
  }

  alias(id: string | number, previousId?: string): void {
    if (this.mode() === 'refused') return
    const { a, u } = this.vault.read()
    this.once('alias', { userId: String(id), previousId: previousId || u || a }, true)
  }

  reset(): void {
    this.vault.forget(this.vault.decided())
    this.anonymousId() // at once, so that other tabs go on under the new one as well
  }

  consent(decision: Purposes): void {
    const purposes = granted(decision)
    if (!purposes.length) {
      this.vault.forget(purposes)
      this.mode()
      return
    }
    // A refusal is lifted, or nobody had decided: what was known stays.
    if (this.mode() === 'refused') this.vault.forget(purposes)
    else this.vault.change({ p: purposes })
    this.say('track', { event: '$consent', properties: { purposes } }, undefined, true)
  }

  flush(): void {
    this.sender.soon(true)
  }

  anonymousId(): string | undefined {
    return this.mayRecord() ? this.vault.read().a : undefined
  }

  saw(event: string, properties: Properties, page?: Page): void {
    this.say('track', { event, properties }, page)
  }

  viewed(page: Page): void {
    this.say('page', {}, page)
  }

  onSaid(act: (event: string) => void): void {
    this.listeners.push(act)
  }

  mayRecord(): boolean {
    return this.mode() === 'open'
  }

  leave(isGoing: boolean): void {
    if (isGoing) this.sender.leave()
    else this.flush()
  }

  /** What is allowed at this moment; what follows from a change of it is done at once. */
  private mode(): Mode {
    const mode = modeOf(this.vault.decided(), this.settings)
    if (mode === 'refused') {
      if (this.was === mode) return mode
      this.held = []
      this.queue.clear()
    } else if (mode === 'open') {
      this.vault.open()
      this.held.splice(0).forEach((message) => this.deliver(message, true))
    }
    this.was = mode
    return mode
  }

  private once(type: MessageType, said: Said, now = false): void {
    if (this.mode() === 'refused') return
    const deed = JSON.stringify([type, said, location.href, this.vault.read().a])
    if (!this.repeats.isOne(deed, Date.now())) this.say(type, said, undefined, now)
  }

  private say(type: MessageType, said: Said, page = pageNow(this.settings.stripParameters), now = false): void {
    const mode = this.mode()
    if (mode === 'refused') return
    const { a: anonymousId, u: userId, g: groupId } = this.vault.read()
    const message = messageOf(type, { anonymousId, userId, ...said }, page, groupId)
    if (mode === 'open') this.deliver(message, now)
    else if (this.held.length < MOST_HELD) this.held.push(message)
    this.listeners.forEach((act) => act(said.event || type))
  }

  /** Number it, store it, send it. From here on a message that is missing on the server is a loss that shows. */
  private deliver(message: Message, now: boolean): void {
    const sequence = { page: this.pageId, n: this.count + 1 }
    const purposes = purposesOf(this.vault.decided())
    const text = JSON.stringify({ ...message, context: { ...message.context, sequence, purposes } })
    if (text.length > LARGEST) return console.warn(`zuji: a message of ${text.length} characters is too big`)
    this.count++
    this.queue.add(message.messageId, text)
    this.sender.soon(now)
  }
}
