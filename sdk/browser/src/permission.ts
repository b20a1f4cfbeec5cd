/** Whether anything may be stored and sent, and for which purposes. Decided anew for every message: tabs share decisions. */

import type { Purposes, Settings } from './options'

/** `held`: nobody decided yet, and the page's owner wants a decision first. */
export type Mode = 'open' | 'held' | 'refused'

const EVERY = ['analytics', 'personalisation', 'marketing', 'service', 'risk']
const SOLD = ['marketing', 'personalisation'] // what Global Privacy Control forbids

/** A driven browser is refused like a visitor who said no; a decision counts before what the page assumes. */
export function modeOf(decided: string[] | undefined, { consent, robots }: Settings): Mode {
  if (robots === 'drop' && navigator.webdriver) return 'refused'
  if (decided) return decided.length ? 'open' : 'refused'
  return consent === 'assumed' ? 'open' : 'held'
}

/** The purposes that travel with a message; undefined: nobody said anything, so the server's rules decide. */
export function purposesOf(decided: string[] | undefined): string[] | undefined {
  const { globalPrivacyControl } = navigator as { globalPrivacyControl?: boolean }
  return globalPrivacyControl ? (decided || EVERY).filter((each) => !SOLD.includes(each)) : decided
}

/** What was said yes to, and is possible. */
export function granted(purposes: Purposes): string[] {
  return purposesOf(Object.keys(purposes).filter((each) => purposes[each])) as string[]
}
