/** What may never leave a page, whoever clicked it. */

export const MAX_TEXT = 255

/**
 * Seven digits and more, however they are separated: cards, identity numbers and phones of any country look like that,
 * and so do some dates and order numbers. Masking one of those costs nothing; letting a card through would.
 */
const DIGITS = /\p{Nd}(?:[\s().·–—-]*\p{Nd}){6,}[xX]?/gu
const EMAIL = /[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+/g
export const MASK = '***'

/** Parameters and attributes with these names carry keys to somebody's account. `author` and `keyword` do not. */
const SECRET =
  /token|passw|secret|session|signature|auth(?!or)|credential|(^|[^a-z])(code|key|apikey|sid|sig|sign|pwd|otp|jwt|ticket|pin)([^a-z]|$)/i
const JWT = /^eyJ[\w-]+\./

const UNREADABLE = 'input,textarea,select,option,script,style,noscript,iframe'
const PRIVATE = '[data-private],.zuji-private'

/** A text as it may be sent: on one line, without what looks like a number of somebody or an address, of bounded length. */
export function mask(text: string, most = MAX_TEXT): string {
  // Cut generously first: a page may hold megabytes of text, and a number cut in two would pass unseen at the end.
  const plain = text.slice(0, most * 4).replace(/\s+/g, ' ').trim()
  return plain.replace(EMAIL, MASK).replace(DIGITS, MASK).slice(0, most)
}

/** Whether a name is one of a secret's: `accessKey`, `id_token`, `X-Amz-Signature`. */
export function isSecret(name: string): boolean {
  return SECRET.test(name.replace(/([a-z])([A-Z])/g, '$1_$2'))
}

/** Whether a value gives away a person or a secret, whatever its name is: an e-mail address, a token, an address with one. */
export function isTelling(value: string): boolean {
  return value.includes('@') || JWT.test(value) || (value.includes('=') && isSecret(value))
}

/**
 * Whether a part of an address holds a number of somebody. Most numbers there are ids of things, and masking those would
 * make all pages one; so a number must have the exact shape: a mobile number of China, or one whose check digit holds.
 */
export function hasNumber(part: string): boolean {
  try {
    part = decodeURIComponent(part)
  } catch {} // not encoded, or not well
  const found = part.normalize('NFKC').match(/\d(?:[\s-]?\d){10,}x?/gi) || []
  return found.some((each) => [each.replace(/\D(?!$)/g, ''), ...each.split(/\D(?!$)/)].some(isNumberOfSomebody))
}

function isNumberOfSomebody(digits: string): boolean {
  if (/^(0*86)?1[3-9]\d{9}$/.test(digits)) return true
  if (/^[1-9]\d{5}(19|20)\d\d[01]\d[0-3]\d{4}[\dx]$/i.test(digits))
    if ([...digits].reduce((sum, each) => (sum * 2 + (+each >= 0 ? +each : 10)) % 11, 0) === 1) return true
  // Cards begin with 2 and more; what begins with 1 is mostly a time in milliseconds.
  return /^[2-9]\d{12,18}$/.test(digits) && [...digits].reduceRight(luhn, 0) % 10 === 0
}

function luhn(sum: number, digit: string, place: number, { length }: string[]): number {
  return sum + ((length - place) % 2 ? +digit : +'0246813579'[+digit]!)
}

/** The element above, also out of a shadow tree. */
export function parentOf(element: Element): Element | null {
  return element.parentElement || (element.getRootNode() as ShadowRoot).host || null
}

/** Whether the page's owner has marked this element, or one around it, as nobody's business. */
export function isPrivate(element: Element): boolean {
  for (let each: Element | null = element; each; each = parentOf(each)) if (each.matches(PRIVATE)) return true
  return false
}

/** What is written on an element, except what people type, choose or mark as private. */
export function textOf(element: Element): string {
  let text = ''
  const read = (node: Node): void => {
    if (text.length > MAX_TEXT * 4) return
    if (node.nodeType === Node.TEXT_NODE) text += node.nodeValue
    else if (node instanceof Element && isReadable(node)) {
      node.childNodes.forEach(read)
      text += ' '
    }
  }
  read(element)
  return mask(text)
}

function isReadable(element: Element): boolean {
  return !element.matches(`${UNREADABLE},${PRIVATE}`) && !(element as HTMLElement).isContentEditable
}
