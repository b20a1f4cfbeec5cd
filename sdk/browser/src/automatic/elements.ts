/** An element as clicks tell it: the chain up to the body in PostHog's shape, and one selector that finds it again. */

import { cleanAddress } from '../address'
import type { Json, Properties } from '../message'
import { isPrivate, isSecret, mask, parentOf, textOf } from '../privacy'

const DEEPEST = 8
const MOST_ATTRIBUTES = 10
const LONGEST_VALUE = 100
const LONGEST_SELECTOR = 255
const CLICKABLE = 'a,button,summary,label,[role=button],[role=link],[role=tab],[role=menuitem],[onclick]'
const NAMED = /^(id|name|type|role|aria-label|data-.*)$/
const STABLE = ['data-testid', 'data-test', 'data-qa', 'data-track']
const MADE_UP = /\d{3}|[:;.[\]#]|--/ // ids that frameworks generate change from build to build

/** What is told of an element; nothing when it is private. */
export function describe(element: Element, strip: string[]): Properties | undefined {
  if (isPrivate(element)) return undefined
  const chain: Json[] = []
  for (let each: Element | null = element; each && each !== document.documentElement; each = parentOf(each)) {
    chain.push(link(each, strip))
    if (chain.length === DEEPEST) break
  }
  const clickable = element.closest(CLICKABLE)
  const text = clickable ? textOf(clickable) : element.childElementCount ? '' : textOf(element)
  return { $el_text: text, $elements: chain }
}

/** The nearest thing that looks as if a click did something. */
export function clickableOf(element: Element): Element | null {
  return element.closest(CLICKABLE)
}

function link(element: Element, strip: string[]): Json {
  const told: { [name: string]: Json } = { tag_name: element.localName, nth_child: place(element), nth_of_type: place(element, true) }
  if (element.classList.length) told['classes'] = [...element.classList].slice(0, MOST_ATTRIBUTES).map((each) => mask(each, LONGEST_VALUE))
  let left = MOST_ATTRIBUTES
  for (const { name, value } of element.attributes) {
    if (!NAMED.test(name) || isSecret(name) || !left--) continue
    told[`attr__${name}`] = mask(value, LONGEST_VALUE)
  }
  const href = element.getAttribute('href')
  if (href) told['href'] = mask(cleanAddress(href, strip), LONGEST_SELECTOR)
  return told
}

/** Which child of its parent it is, counted from 1, of all or of its kind. */
function place(element: Element, ofType = false): number {
  let count = 1
  for (let each = element.previousElementSibling; each; each = each.previousElementSibling)
    if (!ofType || each.localName === element.localName) count++
  return count
}

/** A selector for one element: from the nearest name that people gave, else from the body. */
export function selectorOf(element: Element): string {
  let selector = ''
  for (let each: Element | null = element; each; each = parentOf(each)) {
    const name = nameOf(each)
    const step = name || (each === document.body ? 'body' : `${each.localName}:nth-of-type(${place(each, true)})`)
    const longer = selector ? `${step} > ${selector}` : step
    if (longer.length > LONGEST_SELECTOR) break
    selector = longer
    if (name || each === document.body) break
  }
  return selector
}

function nameOf(element: Element): string {
  for (const attribute of STABLE) {
    const value = element.getAttribute(attribute)
    if (value && mask(value) === value && !/["\\;]/.test(value)) return `[${attribute}="${value}"]`
  }
  const { id } = element
  return id && !MADE_UP.test(id) && id.length < 40 ? `#${CSS.escape(id)}` : ''
}
