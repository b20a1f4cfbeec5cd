/** Addresses as they may be sent: without fragment, user, password, numbers of people, and parameters that open somebody's account. */

import type { Page } from './message'
import { hasNumber, isSecret, isTelling, mask, MASK } from './privacy'

export function cleanAddress(address: string, strip: string[]): string {
  let url: URL
  try {
    url = new URL(address, location.href)
  } catch {
    return ''
  }
  if (!/^https?:$/.test(url.protocol)) return url.protocol // of mailto: and tel: the rest is somebody's
  url.hash = url.username = url.password = ''
  url.pathname = cleanPath(url.pathname)
  for (const [name, value] of [...url.searchParams])
    if (strip.includes(name) || isSecret(name) || isTelling(value) || hasNumber(value) || hasNumber(name)) url.searchParams.delete(name)
  return url.href
}

/** A path without what hangs on its parts (`;jsessionid=`), and with a mask for each part that holds a number of somebody. */
export function cleanPath(path: string): string {
  return path.replace(/;[^/]*/g, '').replace(/[^/]+/g, (part) => (hasNumber(part) ? MASK : part))
}

/** The page as it is now. */
export function pageNow(strip: string[], referrer = document.referrer): Page {
  const url = cleanAddress(location.href, strip)
  return {
    url,
    path: cleanPath(location.pathname),
    title: mask(document.title),
    referrer: referrer && cleanAddress(referrer, strip),
  }
}
