/** What waits to be sent, also beyond the page: bounded in number, size and age. */

import { attempt } from './cookie'

export interface Waiting {
  key: string
  text: string
}

const MOST = 1_000
const MOST_CHARACTERS = 1_000_000 // a fifth of what browsers give an origin
const OLDEST_MS = 7 * 86_400_000

/**
 * Every message has a key of its own in storage, so tabs never overwrite each other. Two tabs may send the same message;
 * the server takes it once, by its id. A message stays stored until a server has answered for it: what a closing page
 * sent off without hearing the answer is sent again by the next one.
 */
export class Queue {
  private prefix: string
  private items: Waiting[] = []
  private characters = 0

  constructor(
    name: string,
    private isStored: boolean,
  ) {
    this.prefix = `${name}.`
  }

  add(id: string, text: string): void {
    const key = `${this.prefix}${Date.now().toString(36)}.${id}`
    // A full storage refuses; the page's memory still has it.
    if (this.isStored) attempt(() => localStorage.setItem(key, text))
    this.take({ key, text })
  }

  /** The oldest ones that fit one request. */
  next(most: number, characters: number, except: Waiting[] = []): Waiting[] {
    const chosen: Waiting[] = []
    for (const item of this.items) {
      if (except.includes(item)) continue
      characters -= item.text.length
      if (chosen.length >= most || (characters < 0 && chosen.length)) break
      chosen.push(item)
    }
    return chosen
  }

  /** They arrived, or never will. */
  drop(gone: Waiting[]): void {
    this.items = this.items.filter((item) => {
      if (!gone.includes(item)) return true
      this.characters -= item.text.length
      attempt(() => localStorage.removeItem(item.key))
      return false
    })
  }

  /** Take over what other pages left behind, or have not got rid of for `olderThan` milliseconds; whether there was any. */
  adopt(olderThan: number): boolean {
    const now = Date.now()
    const before = this.items.length
    for (const key of this.stored()) {
      if (this.items.some((item) => item.key === key)) continue
      const age = now - parseInt(key.slice(this.prefix.length), 36)
      const text = attempt(() => localStorage.getItem(key))
      if (!text || !(age < OLDEST_MS)) attempt(() => localStorage.removeItem(key))
      else if (Math.abs(age) >= olderThan) this.take({ key, text }) // a clock set back makes ages negative
    }
    return this.items.length > before
  }

  clear(): void {
    this.drop(this.items)
    this.stored().forEach((key) => attempt(() => localStorage.removeItem(key)))
  }

  private take(item: Waiting): void {
    this.items.push(item)
    this.characters += item.text.length
    // The oldest go first: what is lost shows as a gap in the numbers of its page.
    while (this.items.length > MOST || this.characters > MOST_CHARACTERS) this.drop(this.items.slice(0, 1))
  }

  private stored(): string[] {
    return attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(this.prefix)).sort()) || []
  }
}
