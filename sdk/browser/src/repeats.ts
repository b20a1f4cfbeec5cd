/** Code that runs twice says everything twice: the same call again within a second is not a second deed. */

const WITHIN_MS = 1_000

export class Repeats {
  private seen = new Map<string, number>()

  /** Whether the same was said within the last second. */
  isOne(said: string, now: number): boolean {
    for (const [each, at] of this.seen) if (!(Math.abs(now - at) < WITHIN_MS)) this.seen.delete(each)
    const again = this.seen.has(said)
    if (!again) this.seen.set(said, now)
    return again
  }
}

/** 53 bits of a text, enough to know whether it is still the same. */
export function fingerprint(text: string): string {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    high = Math.imul(high ^ text.charCodeAt(index), 2654435761)
    low = Math.imul(low ^ text.charCodeAt(index), 1597334677)
  }
  return ((high >>> 0) * 2097152 + ((low >>> 0) >>> 11)).toString(36)
}
