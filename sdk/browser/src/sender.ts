/** Brings what waits to the server: in batches, again after failures, and in the last moment of a page. */

import type { Queue, Waiting } from './queue'

const SOON_MS = 900 // nothing waits longer than a second
const MOST_MESSAGES = 100
const MOST_CHARACTERS = 100_000
const KEEPALIVE_BYTES = 60_000 // browsers let 64 KiB outlive a page, all requests together
const ANSWER_WITHIN_MS = 15_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000
const LONGEST_RETRY_AFTER_S = 300
const LOOK_AROUND_MS = 15_000
const NOT_YET = [408, 425, 429]

export interface Sender {
  /** Something waits; `now`: somebody waits for it. */
  soon(now?: boolean): void
  /** The page goes: no answer will be heard any more. */
  leave(): void
}

export function createSender(host: string, key: string, queue: Queue, mayAdopt: () => boolean): Sender {
  const url = `${host}/v1/batch`
  let underway: Waiting[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let due = 0
  let failures = 0
  let pausedUntil = 0

  const bodyOf = (items: Waiting[]): Blob => {
    const head = `{"writeKey":${JSON.stringify(key)},"sentAt":"${new Date(Date.now()).toISOString()}","batch":[`
    // As plain text it needs no preflight, which would be one more request to wait for and to lose.
    return new Blob([head, items.map((item) => item.text).join(), ']}'], { type: 'text/plain' })
  }

  const schedule = (wait: number): void => {
    const at = Math.max(performance.now() + wait, pausedUntil)
    if (timer && due <= at) return
    clearTimeout(timer)
    due = at
    timer = setTimeout(send, at - performance.now())
  }

  const send = async (): Promise<void> => {
    timer = undefined
    if (underway.length) return // what came meanwhile follows when the answer is here
    underway = queue.next(MOST_MESSAGES, MOST_CHARACTERS, [])
    if (!underway.length) return
    const pause = await post(url, bodyOf(underway), failures)
    if (pause === undefined) queue.drop(underway)
    failures = pause === undefined ? 0 : failures + 1
    underway = []
    pausedUntil = performance.now() + (pause || 0)
    if (queue.next(1, 1, []).length) schedule(0)
  }

  const lookAround = (olderThan: number): void => {
    if (mayAdopt() && queue.adopt(olderThan)) schedule(0)
  }
  addEventListener('online', () => {
    pausedUntil = failures = 0
    schedule(0)
  })
  addEventListener('pageshow', (event) => event.persisted && schedule(0))
  setInterval(() => lookAround(LOOK_AROUND_MS), LOOK_AROUND_MS)
  setTimeout(() => lookAround(0), 0)

  return {
    soon: (now) => schedule(now ? 0 : SOON_MS),
    leave() {
      const items = queue.next(MOST_MESSAGES, KEEPALIVE_BYTES / 3, underway) // a character has up to three bytes
      if (!items.length) return
      const body = bodyOf(items)
      if (!navigator.sendBeacon?.(url, body)) void post(url, body, 0)
    },
  }
}

/** Send once. How long to wait before the next attempt, or undefined: it is settled. */
async function post(url: string, body: Blob, failures: number): Promise<number | undefined> {
  const backoff = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2)
  const stop = new AbortController()
  const clock = setTimeout(() => stop.abort(), ANSWER_WITHIN_MS)
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body,
      keepalive: body.size < KEEPALIVE_BYTES,
      credentials: 'omit',
      signal: stop.signal,
    })
    // What the server will never take is let go: it would hold up all that follows.
    if (answer.status < 500 && !NOT_YET.includes(answer.status)) return undefined
    const asked = Number(answer.headers.get('retry-after'))
    return asked > 0 ? Math.min(asked, LONGEST_RETRY_AFTER_S) * 1000 : backoff
  } catch {
    return backoff
  } finally {
    clearTimeout(clock)
  }
}
