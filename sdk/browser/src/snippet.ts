/** Stands in a page's head: takes calls from the first moment on, and fetches the script without holding the page up. */

import type { Client } from './client'
import type { Options } from './options'

type Method = Exclude<keyof Client, 'anonymousId'>

/** A client that is not there yet: what is called waits in `q`. */
export type Stub = Client & {
  q: [Method, ...unknown[]][]
  /** The first stub alone: whose clients are to be made. */
  l?: [Stub, string, string, Options | undefined][]
  load(host: string, key: string, options?: Options): Client
  ready?: boolean
}

const holder = window as { zuji?: Stub }
const nonce = (document.currentScript as HTMLScriptElement | null)?.nonce

function createStub(): Stub {
  const stub = { q: [] } as unknown as Stub
  const methods = 'track identify page group alias reset consent flush'.split(' ') as Method[]
  methods.forEach((method) => (stub[method] = (...given: unknown[]) => void stub.q.push([method, ...given])))
  return stub
}

if (!holder.zuji) {
  const first = (holder.zuji = createStub())
  const loads: NonNullable<Stub['l']> = (first.l = [])
  first.load = (host, key, options) => {
    const stub = loads.length ? createStub() : first
    if (stub === first) {
      const script = document.createElement('script')
      script.async = true
      script.src = `${host}/sdk/zuji.js`
      if (nonce) script.nonce = nonce
      document.head.append(script)
    }
    loads.push([stub, host, key, options])
    return stub
  }
}
