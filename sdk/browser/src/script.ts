/**
 * The script that a page loads. Either one tag says everything:
 *
 *     <script async src="https://data.example/sdk/zuji.js" data-key="zp_..." data-options='{"consent":"required"}'></script>
 *
 * or the snippet is there (`snippet.ts`), which takes calls before this file has arrived.
 */

import type { Client } from './client'
import { load } from './load'
import type { Options } from './options'
import type { Stub } from './snippet'

declare global {
  interface Window {
    zuji?: Stub
  }
}

const tag = document.currentScript as HTMLScriptElement | null
const stub = window.zuji

/** Make a stub what it stood for: whoever holds it, holds the client now. */
function fulfil(waiting: Stub, client: Client): void {
  Object.assign(waiting, client)
  for (const [method, ...given] of (waiting.q || []).splice(0)) (client[method] as (...all: unknown[]) => void)(...given)
}

if (!stub?.ready) {
  const zuji = stub || ({ q: [] } as unknown as Stub)
  window.zuji = zuji
  zuji.ready = true
  for (const [waiting, host, key, options] of (zuji.l || []).splice(0)) fulfil(waiting, load(host, key, options))
  let isFirst = !zuji.anonymousId
  zuji.load = (host, key, options) => {
    const client = load(host, key, options)
    if (isFirst) fulfil(zuji, client)
    isFirst = false
    return client
  }
}
if (tag?.dataset['key']) {
  const host = tag.dataset['host'] || tag.src.split('/sdk/')[0]
  window.zuji?.load(host as string, tag.dataset['key'], JSON.parse(tag.dataset['options'] || '{}') as Options)
}
