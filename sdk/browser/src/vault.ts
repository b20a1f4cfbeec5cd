/** Who the visitor is, kept in a first-party cookie or in the page's storage; nowhere before consent. */

import { attempt, readCookie, removeCookie, writeCookie } from './cookie'
import { randomId } from './message'

/** Short names, because a cookie travels with every request of the page's own site. */
export interface Known {
  /** The anonymous id; empty after a refusal. */
  a: string
  /** The user id. */
  u?: string | undefined
  /** The group id. */
  g?: string | undefined
  /** A fingerprint of the traits sent last. */
  t?: string | undefined
  /** The purposes allowed; an empty list is a refusal; undefined: nobody said. */
  p?: string[] | undefined
}

export type Place = 'cookie' | 'storage' | 'memory'

export class Vault {
  private memory: Known | undefined
  private isOpen = false

  constructor(
    private name: string,
    private place: Place,
    private domain: string | undefined,
  ) {}

  /** What was decided, here, on an earlier page or in another tab; nobody gets an id by asking. */
  decided(): string[] | undefined {
    return (this.load() || this.memory)?.p
  }

  /** What is known. Another tab, or a subdomain, may have learnt more: what is stored counts before what is remembered. */
  read(): Known {
    const known = this.load() || this.memory
    this.memory = known
    return known?.a ? known : this.save({ ...known, a: randomId() })
  }

  change(part: Partial<Known>): void {
    this.save({ ...this.read(), ...part })
  }

  /** From now on what is known is kept beyond the page. */
  open(): void {
    if (this.isOpen) return
    this.isOpen = true
    this.save(this.read())
  }

  /** Forget the visitor. A decision stays, because it has to hold: a refusal is all that is kept then. */
  forget(purposes: string[] | undefined): void {
    attempt(() => removeCookie(this.name, this.domain))
    attempt(() => localStorage.removeItem(this.name))
    this.memory = undefined
    if (purposes) this.save({ a: '', p: purposes })
  }

  private load(): Known | undefined {
    if (this.place === 'memory') return undefined
    const { name } = this
    const text = (this.place === 'cookie' && attempt(() => readCookie(name))) || attempt(() => localStorage.getItem(name))
    return text ? attempt(() => JSON.parse(decodeURIComponent(text)) as Known) : undefined
  }

  private save(known: Known): Known {
    this.memory = known
    if (!this.isOpen || this.place === 'memory') return known
    const text = encodeURIComponent(JSON.stringify(known))
    // Where cookies are refused, storage still knows the visitor, though on this host alone.
    if (this.place === 'cookie' && attempt(() => writeCookie(this.name, text, this.domain))) return known
    attempt(() => localStorage.setItem(this.name, text))
    return known
  }
}
