/** Errors that nobody caught: each once, and a few of them. */

import { cleanAddress } from '../address'
import type { Recorder } from '../recorder'
import type { Properties } from '../message'
import { mask } from '../privacy'

const MOST = 10

export function watchErrors(recorder: Recorder, strip: string[]): void {
  const told = new Set<string>()
  const tell = (kind: string, error: unknown, more: Properties): void => {
    const message = mask(String((error as Error | undefined)?.message || error))
    if (told.has(message) || told.size >= MOST) return
    told.add(message)
    recorder.saw('$error', { $kind: kind, $message: message, ...more })
  }
  addEventListener('error', ({ message, filename, lineno, colno }) => {
    // Of a script from elsewhere the browser tells nothing but that there was an error.
    if (message) tell('error', message, { $source: cleanAddress(filename || '', strip), $line: lineno, $column: colno })
  })
  addEventListener('unhandledrejection', ({ reason }) => tell('rejection', reason, {}))
}
