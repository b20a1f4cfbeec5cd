/** Rage clicks: again and again on one spot. Dead clicks: on something that promised to do something, and nothing came. */

import type { Recorder } from '../recorder'
import type { Properties } from '../message'
import { onClick } from './clicks'
import { clickableOf, describe, selectorOf } from './elements'
import type { Views } from './views'

const RAGE_CLICKS = 3
const RAGE_WITHIN_MS = 1_000
const RAGE_RADIUS = 30
const DEAD_AFTER_MS = 2_500
const ELSEWHERE = '[target],[download],[href^="mailto:"],[href^="tel:"],[data-private],.zuji-private'
const SIGNS = ['scroll', 'focusin', 'input', 'submit', 'selectionchange', 'visibilitychange', 'toggle'] as const

interface Spot {
  x: number
  y: number
  at: number
}

export function watchFrustration(recorder: Recorder, views: Views, strip: string[]): void {
  // Not under the name that clicks have their element by: these would count as further clicks on the heat map.
  const tell = (event: string, element: Element, more: Properties): void => {
    const told = describe(element, strip)
    if (told) recorder.saw(event, { ...told, $target_selector: selectorOf(element), ...more })
  }
  let burst: Spot[] = []
  let waiting: (() => void) | undefined

  onClick((element, { clientX: x, clientY: y, detail }) => {
    if (!detail) return
    const at = performance.now()
    const isNear = (spot: Spot): boolean => at - spot.at < RAGE_WITHIN_MS && Math.hypot(x - spot.x, y - spot.y) < RAGE_RADIUS
    burst = [...burst.filter(isNear), { x, y, at }]
    if (burst.length === RAGE_CLICKS) tell('$rage_click', element, { $clicks: RAGE_CLICKS })
  })
  onClick((element) => {
    const clickable = clickableOf(element)
    if (waiting || !clickable || clickable.matches(`label,${ELSEWHERE}`)) return
    waiting = afterSilence(views, () => tell('$dead_click', clickable, {}), () => (waiting = undefined))
  })
}

/** Act when nothing at all has happened on the page for a while. Gives what stops the waiting. */
function afterSilence(views: Views, act: () => void, done: () => void): () => void {
  const stop = (): void => {
    clearTimeout(timer)
    observer.disconnect()
    SIGNS.forEach((sign) => document.removeEventListener(sign, stop, true))
    removeEventListener('pagehide', stop)
    done()
  }
  const observer = new MutationObserver(stop)
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
  SIGNS.forEach((sign) => document.addEventListener(sign, stop, true))
  addEventListener('pagehide', stop)
  const page = views.page()
  const timer = setTimeout(() => {
    stop()
    if (views.page() === page) act()
  }, DEAD_AFTER_MS)
  return stop
}
