/** Addresses as they may be sent: without fragment, user, password, and parameters that open somebody's account. */

import type { Page } from './message'
import { isSecret, isTelling, mask } from './privacy'

export function cleanAddress(address: string, strip: string[]): string {
  let url: URL
  try {
    url = new URL(address, location.href)
  } catch {
    return ''
  }
  if (!/^https?:$/.test(url.protocol)) return url.protocol // of mailto: and tel: the rest is somebody's
  url.hash = url.username = url.password = ''
  url.pathname = url.pathname.replace(/;[^/]*/g, '') // ;jsessionid=
  for (const [name, value] of [...url.searchParams])
    if (strip.includes(name) || isSecret(name) || isTelling(value)) url.searchParams.delete(name)
  return url.href
}

/** The page as it is now. */
export function pageNow(strip: string[], referrer = document.referrer): Page {
  const url = cleanAddress(location.href, strip)
  return {
    url,
    path: location.pathname.replace(/;[^/]*/g, ''),
    title: mask(document.title),
    referrer: referrer && cleanAddress(referrer, strip),
  }
}
