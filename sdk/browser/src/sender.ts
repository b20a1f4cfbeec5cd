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

export class Sender {
  private url: string
  private underway: Waiting[] = []
  private timer: ReturnType<typeof setTimeout> | undefined
  private due = 0
  private failures = 0
  private pausedUntil = 0

  constructor(
    host: string,
    private key: string,
    private queue: Queue,
    private mayAdopt: () => boolean,
  ) {
    this.url = `${host}/v1/batch`
    addEventListener('online', () => {
      this.pausedUntil = this.failures = 0
      this.schedule(0)
    })
    addEventListener('pageshow', (event) => event.persisted && this.schedule(0))
    setInterval(() => this.lookAround(LOOK_AROUND_MS), LOOK_AROUND_MS)
    setTimeout(() => this.lookAround(0), 0)
  }

  /** Something waits; `now`: somebody waits for it. */
  soon(now: boolean): void {
    this.schedule(now ? 0 : SOON_MS)
  }

  /** The page goes, and no answer will be heard any more: as much as the browser takes. */
  leave(): void {
    for (let size = KEEPALIVE_BYTES; size > 1_000; size /= 2) {
      const items = this.queue.next(MOST_MESSAGES, size, this.underway)
      if (!items.length || navigator.sendBeacon(this.url, this.bodyOf(items))) return
    }
  }

  private lookAround(olderThan: number): void {
    if (this.mayAdopt() && this.queue.adopt(olderThan)) this.schedule(0)
  }

  private schedule(wait: number): void {
    const at = Math.max(performance.now() + wait, this.pausedUntil)
    if (this.timer && this.due <= at) return
    clearTimeout(this.timer)
    this.due = at
    this.timer = setTimeout(() => void this.send(), at - performance.now())
  }

  private async send(): Promise<void> {
    this.timer = undefined
    if (this.underway.length) return // what came meanwhile follows when the answer is here
    this.underway = this.queue.next(MOST_MESSAGES, MOST_CHARACTERS)
    if (!this.underway.length) return
    const pause = await post(this.url, this.bodyOf(this.underway), this.failures)
    if (pause === undefined) this.queue.drop(this.underway)
    this.failures = pause === undefined ? 0 : this.failures + 1
    this.underway = []
    this.pausedUntil = performance.now() + (pause || 0)
    if (this.queue.next(1, 1).length) this.schedule(0)
  }

  /** As plain text it needs no preflight, which would be one more request to wait for and to lose. */
  private bodyOf(items: Waiting[]): Blob {
    const sentAt = new Date(Date.now()).toISOString()
    const head = `{"writeKey":${JSON.stringify(this.key)},"sentAt":"${sentAt}","batch":[`
    return new Blob([head, items.map((item) => item.text).join(), ']}'], { type: 'text/plain' })
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
