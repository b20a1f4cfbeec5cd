/** Every click, with what was clicked and where on it. */

import type { Recorder } from '../client'
import { describe, selectorOf } from './elements'

export function watchClicks(recorder: Recorder, strip: string[]): void {
  onClick((element, event) => {
    const told = describe(element, strip)
    if (told) recorder.saw('$click', { ...told, $element_selector: selectorOf(element), ...position(element, event) })
  })
}

/** Calls with the element that was really clicked, also inside shadow trees. */
export function onClick(act: (element: Element, event: MouseEvent) => void): void {
  addEventListener(
    'click',
    (event) => {
      const [target] = event.composedPath()
      if (target instanceof Element) act(target, event)
    },
    { capture: true, passive: true },
  )
}

/** 0 to 1 across and down the element; a click by keyboard has no place. */
function position(element: Element, { detail, clientX, clientY }: MouseEvent): { $x?: number; $y?: number } {
  const { left, top, width, height } = element.getBoundingClientRect()
  if (!detail || !width || !height) return {}
  const share = (part: number): number => Math.round(Math.min(1, Math.max(0, part)) * 1000) / 1000
  return { $x: share((clientX - left) / width), $y: share((clientY - top) / height) }
}
