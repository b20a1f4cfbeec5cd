/** Starts a client and its automatic capture. */

import { watchPage } from './automatic/all'
import { PageClient, type Client, type Recorder } from './client'
import { settle, type Options } from './options'

export const METHODS = ['track', 'identify', 'page', 'group', 'alias', 'reset', 'consent', 'flush', 'anonymousId'] as const
const REPORTS = ['saw', 'viewed', 'leave'] as const

/** A client for one source, on the page it is loaded on. Several may live beside each other. */
export function load(host: string, key: string, options: Options = {}): Client {
  const settings = settle(options)
  const client = new PageClient(host.replace(/\/+$/, ''), key, settings)
  watchPage(guarded<Recorder>(client, REPORTS), settings)
  return guarded<Client>(client, METHODS)
}

/** A defect of ours, or a value that JSON cannot say, must never stop the page that called. */
function guarded<Face extends object>(client: Face, methods: readonly (keyof Face)[]): Face {
  const face: Partial<Face> = {}
  for (const method of methods) {
    const act = client[method] as (...given: unknown[]) => unknown
    face[method] = ((...given: unknown[]) => {
      try {
        return act.apply(client, given)
      } catch (error) {
        console.warn('zuji:', error)
        return undefined
      }
    }) as Face[typeof method]
  }
  return face as Face
}
