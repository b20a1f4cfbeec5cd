/** Every click, with what was clicked and where on it. */

import type { Properties } from '../message'
import type { Recorder } from '../recorder'
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

/** Where on the element, 0 to 1 across and down (a click by keyboard has no place), and where that stands on its page, in pixels. */
function position(element: Element, { detail, clientX, clientY }: MouseEvent): Properties {
  const { left, top, width, height } = element.getBoundingClientRect()
  if (!width || !height) return {}
  const { clientWidth, scrollHeight } = document.documentElement
  const share = (part: number): number => Math.round(Math.min(1, Math.max(0, part)) * 1000) / 1000
  return {
    ...(detail && { $x: share((clientX - left) / width), $y: share((clientY - top) / height) }),
    $element_left: Math.round(left + scrollX),
    $element_top: Math.round(top + scrollY),
    $element_width: Math.round(width),
    $element_height: Math.round(height),
    $viewport_width: clientWidth,
    $page_height: scrollHeight,
  }
}
