/** Who the visitor is, kept in a first-party cookie or in the page's storage; nowhere before consent. */

import { randomId } from './message'

/** Short names, because a cookie travels with every request of the page's own site. */
export interface Known {
  /** The anonymous id. */
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

export interface Vault {
  read(): Known
  change(part: Partial<Known>): void
  /** From now on what is known is kept beyond the page. */
  open(): void
  /** Forget the visitor; of a refusal only the refusal is kept. */
  forget(purposes?: string[]): void
}

const YEAR_S = 31_536_000

export function createVault(name: string, where: 'cookie' | 'storage' | 'memory', chosenDomain?: string): Vault {
  let memory: Known | undefined
  let isOpen = false
  let domain: string | undefined = chosenDomain

  const writeCookie = (text: string, age: number): boolean => {
    domain ??= broadestDomain()
    const rest = `;path=/;max-age=${age};samesite=lax${domain && `;domain=${domain}`}`
    document.cookie = `${name}=${text}${rest}${location.protocol === 'https:' ? ';secure' : ''}`
    return !age || !!readCookie(name)
  }

  const load = (): Known | undefined => {
    if (where === 'memory') return undefined
    return parse((where === 'cookie' && attempt(() => readCookie(name))) || attempt(() => localStorage.getItem(name)))
  }

  const save = (known: Known): void => {
    memory = known
    if (!isOpen || where === 'memory') return
    const text = encodeURIComponent(JSON.stringify(known))
    // Where cookies are refused, storage still knows the visitor, though on this host alone.
    if (where === 'cookie' && attempt(() => writeCookie(text, YEAR_S))) return
    attempt(() => localStorage.setItem(name, text))
  }

  // Another tab, or another subdomain, may have learnt more since: what is stored counts before what is remembered.
  const read = (): Known => {
    const known = load() || memory
    if (known?.a) return (memory = known)
    save({ ...known, a: randomId() })
    return memory as Known
  }

  return {
    read,
    change: (part) => save({ ...read(), ...part }),
    open: () => {
      isOpen = true
      save(read())
    },
    forget: (purposes) => {
      attempt(() => writeCookie('', 0))
      attempt(() => localStorage.removeItem(name))
      memory = undefined
      if (purposes) save({ a: '', p: purposes })
    },
  }
}

/** What was decided on an earlier page, without making anybody an id. */
export function decidedBefore(name: string): string[] | undefined {
  return parse(attempt(() => readCookie(name)) || attempt(() => localStorage.getItem(name)))?.p
}

/** Storage and cookies throw in sandboxed frames and when they are full or forbidden. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

function parse(text: string | null | undefined): Known | undefined {
  return text ? attempt(() => JSON.parse(decodeURIComponent(text)) as Known) : undefined
}

function readCookie(name: string): string | undefined {
  return document.cookie.split('; ').find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1)
}

/** The shortest domain for which the browser takes a cookie: it knows that nobody owns `co.uk`. */
function broadestDomain(): string {
  const parts = location.hostname.split('.')
  if (/^\d*$/.test(parts[parts.length - 1] as string)) return ''
  for (let count = 2; count <= parts.length; count++) {
    const domain = parts.slice(-count).join('.')
    const probe = `zuji_probe=1;path=/;domain=${domain}`
    document.cookie = probe
    if (readCookie('zuji_probe')) {
      document.cookie = `${probe};max-age=0`
      return domain
    }
  }
  return ''
}
