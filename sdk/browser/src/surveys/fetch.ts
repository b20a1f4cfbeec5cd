/** The script that asks is fetched by the pages that have something to ask, and by no others. */

import type { Order, Orders } from './survey'

// Read while this file is run: later nobody knows any more which tag it came from.
const nonce = (document.currentScript as HTMLScriptElement | null)?.nonce

const holder = window as { zujiSurveys?: Orders }

export function askLater(host: string, order: Order): void {
  if (!holder.zujiSurveys) {
    holder.zujiSurveys = [] as Order[]
    const script = document.createElement('script')
    script.async = true
    script.src = `${host}/sdk/surveys.js`
    if (nonce) script.nonce = nonce
    document.head.append(script)
  }
  holder.zujiSurveys.push(order)
}
