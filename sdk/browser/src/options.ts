/** What the owner of a page can choose. */

import type { Survey } from './surveys/survey'
import type { Place } from './vault'

/** What is noticed without a line of code; each can be switched off. */
export interface Automatic {
  /** Page views, also those of single-page apps. */
  pages: boolean
  /** Clicks, with the chain of elements. */
  clicks: boolean
  /** Submitted forms: how long they took, how often something was corrected; never what was typed. */
  forms: boolean
  /** Visible time and scroll depth. */
  dwell: boolean
  /** Rage clicks and dead clicks. */
  frustration: boolean
  /** LCP, FCP, TTFB, CLS, INP. */
  performance: boolean
  /** Errors that nobody caught. */
  errors: boolean
}

export interface Options {
  /** `required`: nothing is stored or sent before `zuji.consent({...})`. Default `assumed`. */
  consent?: 'assumed' | 'required'
  /** `false` switches all of it off. Default: everything on. */
  automatic?: boolean | Partial<Automatic>
  /** Where the visitor's id is kept. Default `cookie`: first-party, shared by the subdomains. */
  persistence?: Place
  /** The cookie's domain. Default: the broadest one the browser allows. */
  cookieDomain?: string
  /** Events that do not wait for their batch. */
  sendNow?: string[]
  /** Further query parameters that never leave the page. */
  stripParameters?: string[]
  /** What a browser that says it is driven by a program (`navigator.webdriver`) does. Default `drop`. */
  robots?: 'drop' | 'send'
  /** Questions to the visitor; the script that asks them is fetched only then. */
  surveys?: Survey[]
}

/** Purpose to allowed: `{ analytics: true, marketing: false }`. */
export type Purposes = { [purpose: string]: boolean }

const SEND_NOW = ['Product Added', 'Checkout Started', 'Order Completed', 'Signed Up', 'Signed In']

export interface Settings {
  consent: 'assumed' | 'required'
  automatic: Automatic
  persistence: Place
  cookieDomain: string | undefined
  sendNow: string[]
  stripParameters: string[]
  robots: 'drop' | 'send'
  surveys: Survey[]
}

/** The options with all defaults filled in. */
export function settle(options: Options): Settings {
  const { automatic = true } = options
  const on = automatic !== false
  const every = { pages: on, clicks: on, forms: on, dwell: on, frustration: on, performance: on, errors: on }
  return {
    consent: options.consent || 'assumed',
    automatic: typeof automatic === 'object' ? { ...every, ...automatic } : every,
    persistence: options.persistence || 'cookie',
    cookieDomain: options.cookieDomain,
    sendNow: options.sendNow || SEND_NOW,
    stripParameters: options.stripParameters || [],
    robots: options.robots || 'drop',
    surveys: options.surveys || [],
  }
}
