/** What waits to be sent, also beyond the page: bounded in number, size and age. */

import { attempt } from './vault'

export interface Waiting {
  key: string
  at: number
  text: string
}

const MOST = 1_000
const MOST_CHARACTERS = 1_000_000 // a fifth of what browsers give an origin
const OLDEST_MS = 7 * 86_400_000

export interface Queue {
  add(id: string, text: string): void
  /** The oldest ones that fit one request. */
  next(most: number, characters: number, except: Waiting[]): Waiting[]
  /** They arrived, or never will. */
  drop(items: Waiting[]): void
  /** Take over what other pages left behind, or have not got rid of for `olderThan` milliseconds. */
  adopt(olderThan: number): boolean
  clear(): void
}

/**
 * Every message has a key of its own in storage, so tabs never overwrite each other. Two tabs may send the same message;
 * the server takes it once, by its id. A message stays stored until a server has answered for it: what a closing page
 * sent off without hearing the answer is sent again by the next one.
 */
export function createQueue(name: string, isStored: boolean): Queue {
  const prefix = `${name}.`
  let items: Waiting[] = []
  let characters = 0

  const forget = (item: Waiting): void => {
    characters -= item.text.length
    attempt(() => localStorage.removeItem(item.key))
  }
  const drop = (gone: Waiting[]): void => {
    items = items.filter((item) => !gone.includes(item))
    gone.forEach(forget)
  }
  const take = (item: Waiting): void => {
    items.push(item)
    characters += item.text.length
    // The oldest go first: what is lost shows as a gap in the numbers of its page.
    while (items.length > MOST || characters > MOST_CHARACTERS) drop(items.slice(0, 1))
  }
  const stored = (): string[] =>
    attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(prefix)).sort()) || []

  return {
    add(id, text) {
      const at = Date.now()
      const key = `${prefix}${at.toString(36)}.${id}`
      // First what is stored, then what waits: a full storage refuses, and the page's memory still has it.
      if (isStored) attempt(() => localStorage.setItem(key, text))
      take({ key, at, text })
    },
    next(most, size, except) {
      let left = size
      const chosen: Waiting[] = []
      for (const item of items) {
        if (except.includes(item)) continue
        left -= item.text.length
        if (chosen.length >= most || (left < 0 && chosen.length)) break
        chosen.push(item)
      }
      return chosen
    },
    drop,
    adopt(olderThan) {
      const now = Date.now()
      const before = items.length
      for (const key of stored()) {
        if (items.some((item) => item.key === key)) continue
        const at = parseInt(key.slice(prefix.length), 36)
        const text = attempt(() => localStorage.getItem(key))
        if (!text || !(now - at < OLDEST_MS)) attempt(() => localStorage.removeItem(key))
        else if (Math.abs(now - at) >= olderThan) take({ key, at, text })
      }
      return items.length > before
    },
    clear() {
      drop(items)
      stored().forEach((key) => attempt(() => localStorage.removeItem(key)))
    },
  }
}
