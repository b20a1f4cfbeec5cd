/** How fast the page felt: told once, when it is left, because until then each figure may still grow. */

import type { Recorder } from '../recorder'
import { onLeave } from './leaving'
import type { Views } from './views'

interface Shift extends PerformanceEntry {
  value: number
  hadRecentInput: boolean
}
interface Interaction extends PerformanceEntry {
  interactionId?: number
}

const SHIFT_GAP_MS = 1_000
const SHIFT_SPAN_MS = 5_000

export function watchPerformance(recorder: Recorder, views: Views): void {
  const figures: { [name: string]: number } = {}
  const grow = (name: string, value: number): number => (figures[name] = Math.max(figures[name] || 0, value))
  const page = views.page()
  let shifts = { first: 0, last: 0, sum: 0 }
  let isTold = false

  observe('navigation', (entry) => grow('$ttfb_ms', (entry as PerformanceNavigationTiming).responseStart))
  observe('paint', (entry) => entry.name === 'first-contentful-paint' && grow('$fcp_ms', entry.startTime))
  observe('largest-contentful-paint', (entry) => grow('$lcp_ms', entry.startTime))
  // The worst one: with the few interactions of one page that is what INP means.
  observe('event', (entry) => (entry as Interaction).interactionId && grow('$inp_ms', entry.duration), 40)
  observe('layout-shift', (entry) => {
    const { value, hadRecentInput, startTime: at } = entry as Shift
    if (hadRecentInput) return
    const goesOn = at - shifts.last < SHIFT_GAP_MS && at - shifts.first < SHIFT_SPAN_MS
    shifts = goesOn ? { ...shifts, last: at, sum: shifts.sum + value } : { first: at, last: at, sum: value }
    grow('$cls', shifts.sum)
  })
  onLeave(() => {
    if (isTold || !Object.keys(figures).length) return
    isTold = true
    const rounded = Object.entries(figures).map(([name, value]) => [name, Math.round(value * 1000) / 1000])
    recorder.saw('$performance', Object.fromEntries(rounded), page)
  })
}

/** Browsers throw at kinds they do not know: the others are watched all the same. */
function observe(type: string, take: (entry: PerformanceEntry) => unknown, durationThreshold?: number): void {
  try {
    const options = { type, buffered: true, durationThreshold } as PerformanceObserverInit
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe(options)
  } catch {
    // An older browser: this figure is missing there.
  }
}
