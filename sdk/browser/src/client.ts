/** One source's client on a page: takes calls, makes messages of them, and minds what the visitor allowed. */

import { pageNow } from './address'
import { randomId, type Message, type MessageType, type Page, type Properties, type Said } from './message'
import type { Purposes, Settings } from './options'
import { createQueue } from './queue'
import { createSender } from './sender'
import { fingerprint, Repeats } from './repeats'
import { createVault, decidedBefore } from './vault'

declare const VERSION: string

const MOST_HELD = 100
const LARGEST = 30_000 // the server takes 32 KiB a message
const SOLD = ['marketing', 'personalisation'] // what Global Privacy Control forbids
const DAY_MS = 86_400_000

export interface Client {
  track(event: string, properties?: Properties): void
  identify(userId: string | number | null | undefined, traits?: Properties): void
  page(name?: string | Properties, properties?: Properties): void
  group(groupId: string | number, traits?: Properties): void
  alias(userId: string, previousId?: string): void
  /** The visitor has left, somebody else may come: a new anonymous id, no user. */
  reset(): void
  /** What the visitor allows from now on; nothing allowed is a refusal, which also forgets the visitor. */
  consent(purposes: Purposes): void
  /** Send what waits, now. */
  flush(): void
  /** The id of this visitor, for the server's side of a page; undefined as long as nothing may be known. */
  anonymousId(): string | undefined
}

/** How automatic capture reports what it saw. `page`: where it was seen, when that is not here any more. */
export interface Recorder {
  saw(event: string, properties: Properties, page?: Page): void
  viewed(properties: Properties, page: Page): void
  /** The page goes, or may be gone soon: send what can still be sent. */
  leave(): void
}

export const METHODS = ['track', 'identify', 'page', 'group', 'alias', 'reset', 'consent', 'flush'] as const

export function createClient(host: string, key: string, settings: Settings): Client & Recorder {
  const name = `zuji_${key.slice(-8)}`
  const signal = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
  const every = ['analytics', 'personalisation', 'marketing', 'service', 'risk']
  const isRobot = settings.robots === 'drop' && navigator.webdriver
  const vault = createVault(name, settings.persistence, settings.cookieDomain)
  const queue = createQueue(name, settings.persistence !== 'memory')
  const pageId = randomId()
  const repeats = new Repeats()
  let held: Message[] = []
  let count = 0
  let purposes = settings.persistence === 'memory' ? undefined : decidedBefore(name)
  let mode: 'held' | 'open' | 'refused' =
    isRobot || (purposes && !purposes.length) ? 'refused' : purposes || settings.consent === 'assumed' ? 'open' : 'held'
  const sender = createSender(host, key, queue, () => mode === 'open')
  if (mode === 'open') vault.open()

  const allowed = (list: string[]): string[] => (signal ? list.filter((each) => !SOLD.includes(each)) : list)

  /** Number it, store it, send it. From here on a message that is missing on the server is a loss that shows. */
  const deliver = (message: Message, now: boolean): void => {
    const context = { ...message.context, sequence: { page: pageId, n: count + 1 } }
    const told = purposes || (signal ? every : undefined)
    const text = JSON.stringify({ ...message, context: told ? { ...context, purposes: allowed(told) } : context })
    if (text.length > LARGEST) return console.warn(`zuji: a message of ${text.length} characters is too big`)
    count++
    queue.add(message.messageId, text)
    sender.soon(now)
  }

  const say = (type: MessageType, said: Said, page = pageNow(settings.stripParameters), now = false): void => {
    if (mode === 'refused') return
    const known = vault.read()
    const message: Message = {
      type,
      messageId: randomId(),
      anonymousId: known.a,
      userId: known.u,
      ...said,
      timestamp: new Date(Date.now()).toISOString(),
      context: {
        page,
        groupId: known.g,
        library: { name: 'zuji.js', version: VERSION },
        locale: navigator.language,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        screen: { width: screen.width, height: screen.height, density: devicePixelRatio },
      },
    }
    if (mode === 'open') deliver(message, now)
    else if (held.length < MOST_HELD) held.push(message)
  }
  const once = (type: MessageType, said: Said, now?: boolean): void => {
    if (mode === 'refused') return
    const deed = JSON.stringify([type, said, location.href, vault.read().a])
    if (!repeats.isOne(deed, Date.now())) say(type, said, undefined, now)
  }

  const client: Client & Recorder = {
    track: (event, properties = {}) => once('track', { event, properties }, settings.sendNow.includes(event)),
    identify(id, traits = {}) {
      if (mode === 'refused') return
      const known = vault.read()
      const u = id == null ? known.u : String(id)
      // Another user on this device is another visitor: one anonymous id for both would make them one person.
      if (known.u && u !== known.u) vault.change({ a: randomId(), g: undefined, t: undefined })
      const t = fingerprint(JSON.stringify([u, traits, Math.floor(Date.now() / DAY_MS)]))
      if (vault.read().t === t) return // told today already
      vault.change({ u, t })
      say('identify', { traits }, undefined, true)
    },
    page(named, properties = {}) {
      const inside = typeof named === 'object' ? named : properties
      once('page', typeof named === 'string' ? { name: named, properties: inside } : { properties: inside })
    },
    group(id, traits = {}) {
      if (mode === 'refused') return
      vault.change({ g: String(id) })
      once('group', { groupId: String(id), traits })
    },
    alias(userId, previousId) {
      if (mode === 'refused') return
      const known = vault.read()
      once('alias', { userId, previousId: previousId || known.u || known.a }, true)
    },
    reset() {
      vault.forget()
      if (purposes && mode === 'open') vault.change({ p: purposes })
    },
    consent(decided) {
      if (isRobot) return
      purposes = allowed(Object.keys(decided).filter((each) => decided[each]))
      if (!purposes.length) {
        mode = 'refused'
        held = []
        queue.clear()
        return vault.forget([])
      }
      mode = 'open'
      vault.open()
      vault.change({ p: purposes })
      held.splice(0).forEach((message) => deliver({ ...message, anonymousId: vault.read().a }, true))
      say('track', { event: '$consent', properties: { purposes } }, undefined, true)
    },
    flush: () => sender.soon(true),
    anonymousId: () => (mode === 'open' ? vault.read().a : undefined),
    saw: (event, properties, page) => say('track', { event, properties }, page),
    viewed: (properties, page) => say('page', { properties }, page),
    leave: () => sender.leave(),
  }
  return client
}
