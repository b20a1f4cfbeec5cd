/** Page views: of pages, of single-page apps that change the address, and of pages that come back from the cache. */

import { pageNow } from '../address'
import type { Recorder } from '../recorder'
import { attempt } from '../cookie'
import type { Page } from '../message'

export interface Views {
  /** The page of the current view, as it was when it began. */
  page(): Page
  /** Called when another view begins, while `page` still tells the old one. */
  onChange(act: () => void): void
}

export function watchViews(recorder: Recorder, isTold: boolean, strip: string[]): Views {
  const listeners: (() => void)[] = []
  let page = pageNow(strip)

  const view = (): void => {
    if (isTold) recorder.viewed(page)
  }
  const changed = (): void => {
    const now = pageNow(strip, page.url)
    if (now.url === page.url) return // also when an app only takes a token out of its address
    listeners.forEach((act) => act())
    page = now
    // Frameworks set the title right after the address.
    setTimeout(() => {
      if (page === now) page = { ...now, title: pageNow(strip).title }
      view()
    }, 0)
  }
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method]
    history[method] = function (...given) {
      original.apply(this, given)
      attempt(changed) // the page's own navigation must never fail because of us
    }
  }
  addEventListener('popstate', changed)
  addEventListener('pageshow', (event) => event.persisted && view())
  view()
  return { page: () => page, onChange: (act) => listeners.push(act) }
}
