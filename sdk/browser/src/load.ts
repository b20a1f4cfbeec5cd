/** Starts a client and its automatic capture. */

import { watchPage } from './automatic/all'
import { createClient, METHODS, type Client } from './client'
import { settle, type Options } from './options'

/** A client for one source, on the page it is loaded on. Several may live beside each other. */
export function load(host: string, key: string, options: Options = {}): Client {
  const settings = settle(options)
  const client = createClient(host.replace(/\/+$/, ''), key, settings)
  const safe = { anonymousId: client.anonymousId } as Client
  for (const method of METHODS) {
    const act = client[method] as (...given: unknown[]) => void
    // A defect of ours, or a value that JSON cannot say, must never stop the page that called.
    safe[method] = (...given: unknown[]): void => {
      try {
        act(...given)
      } catch (error) {
        console.warn('zuji:', error)
      }
    }
  }
  watchPage(client, settings)
  return safe
}
