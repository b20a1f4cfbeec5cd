/** First-party cookies that all subdomains of a site share. */

const YEAR_S = 31_536_000

let broadest: string | undefined

/** Write it for the chosen domain, or the broadest one that the browser allows; whether the browser took it. */
export function writeCookie(name: string, text: string, domain?: string, age = YEAR_S): boolean {
  const where = domain ?? (broadest ??= broadestDomain())
  const secure = location.protocol === 'https:' ? ';secure' : ''
  document.cookie = `${name}=${text};path=/;max-age=${age};samesite=lax${where && `;domain=${where}`}${secure}`
  return readCookie(name) === text
}

export function removeCookie(name: string, domain?: string): void {
  if (readCookie(name) !== undefined) writeCookie(name, '', domain, 0)
}

export function readCookie(name: string): string | undefined {
  return document.cookie
    .split('; ')
    .find((each) => each.startsWith(`${name}=`))
    ?.slice(name.length + 1)
}

/** Storage and cookies throw in sandboxed frames and when they are full or forbidden. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

/** The shortest domain for which the browser takes a cookie: it knows that nobody owns `co.uk`. */
function broadestDomain(): string {
  const parts = location.hostname.split('.')
  if (/^\d*$/.test(parts[parts.length - 1] as string)) return '' // an address of numbers has no domains
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
