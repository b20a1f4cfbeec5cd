/** How filling in a form went: how long, how many fields, how many corrections. Keys and values are never looked at. */

import type { Recorder } from '../recorder'
import { describe, selectorOf } from './elements'

interface Filling {
  since: number
  fields: Set<EventTarget>
  corrections: number
}

export function watchForms(recorder: Recorder, strip: string[]): void {
  const fillings = new WeakMap<HTMLFormElement, Filling>()

  addEventListener(
    'input',
    (event) => {
      const [field] = event.composedPath()
      const form = (field as HTMLInputElement | undefined)?.form
      if (!field || !form) return
      const filling = fillings.get(form) || { since: performance.now(), fields: new Set(), corrections: 0 }
      fillings.set(form, filling)
      filling.fields.add(field)
      // Only the kind of change is read, `deleteContentBackward` and its like.
      if (/^(delete|historyUndo)/.test((event as InputEvent).inputType || '')) filling.corrections++
    },
    { capture: true, passive: true },
  )
  addEventListener(
    'submit',
    (event) => {
      const form = event.target as HTMLFormElement
      const told = describe(form, strip)
      if (!told) return
      const filling = fillings.get(form)
      fillings.delete(form)
      recorder.saw('$form_submit', {
        $elements: told['$elements'],
        $form_selector: selectorOf(form),
        $form_ms: filling ? Math.round(performance.now() - filling.since) : 0,
        $form_fields: filling ? filling.fields.size : 0,
        $form_corrections: filling ? filling.corrections : 0,
      })
    },
    { capture: true, passive: true },
  )
}
