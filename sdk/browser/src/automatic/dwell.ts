/** How long a view was really seen, and how far down. Told in parts: the sum of the times, the deepest of the depths. */

import type { Recorder } from '../recorder'
import { onLeave } from './leaving'
import type { Views } from './views'

const SHORTEST_MS = 100

export function watchDwell(recorder: Recorder, views: Views): void {
  let seenSince = 0
  let seen = 0
  let depth = 0

  const isVisible = (): boolean => document.visibilityState === 'visible'
  const look = (): void => {
    const { scrollHeight } = document.documentElement
    depth = Math.max(depth, Math.min(100, Math.round(((scrollY + innerHeight) / (scrollHeight || 1)) * 100)))
  }
  const begin = (): void => {
    seenSince = isVisible() ? performance.now() : 0
    if (seenSince) look()
  }
  const tell = (): void => {
    if (seenSince) seen += performance.now() - seenSince
    seenSince = 0
    if (seen < SHORTEST_MS) return
    recorder.saw('$dwell', { $dwell_ms: Math.round(seen), $scroll_depth: depth }, views.page())
    seen = 0
  }
  addEventListener('scroll', look, { passive: true, capture: true })
  onLeave(tell)
  document.addEventListener('visibilitychange', () => isVisible() && begin())
  addEventListener('pageshow', (event) => event.persisted && begin())
  views.onChange(() => {
    tell()
    depth = 0
    // The new view's content is there a moment later; until then the old one's depth would count for it.
    setTimeout(begin, 0)
  })
  begin()
}
