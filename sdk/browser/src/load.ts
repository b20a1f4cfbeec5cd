/** Starts a client and its automatic capture. */

import { watchPage } from './automatic/all'
import { PageClient, type Client } from './client'
import { settle, type Options } from './options'
import { openForCode } from './overlay/arrival'
import type { Recorder } from './recorder'
import { askLater } from './surveys/fetch'

export const METHODS = ['track', 'identify', 'page', 'group', 'alias', 'reset', 'consent', 'flush', 'anonymousId'] as const
const REPORTS = ['saw', 'viewed', 'leave', 'onSaid', 'mayRecord'] as const

/** A client for one source, on the page it is loaded on. Several may live beside each other. */
export function load(host: string, key: string, options: Options = {}): Client {
  const settings = settle(options)
  const server = host.replace(/\/+$/, '')
  openForCode(server)
  const name = `zuji_${key.slice(-8)}` // several clients keep their visitors and their queues apart
  const client = new PageClient(server, key, name, settings)
  const recorder = guarded<Recorder>(client, REPORTS)
  watchPage(recorder, settings)
  if (settings.surveys.length) askLater(server, { recorder, surveys: settings.surveys, name })
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
