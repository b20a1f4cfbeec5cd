/** What goes over the wire: Segment's message, which is canonical for zuji. */

declare const VERSION: string

export type Json = string | number | boolean | null | undefined | Date | Json[] | { [name: string]: Json }
export type Properties = { [name: string]: Json }
export type MessageType = 'track' | 'identify' | 'page' | 'group' | 'alias'

export interface Page {
  url: string
  path: string
  title: string
  referrer: string
}

/** The parts of a message that a call says. */
export interface Said {
  event?: string
  name?: string | undefined
  userId?: string | undefined
  previousId?: string
  groupId?: string
  properties?: Properties
  traits?: Properties
}

export interface Message extends Said {
  type: MessageType
  messageId: string
  anonymousId: string
  timestamp: string
  context: { page: Page; [name: string]: unknown }
}

/** A message with its id, its time and its surroundings. */
export function messageOf(
  type: MessageType,
  said: Said & { anonymousId: string },
  page: Page,
  groupId: string | undefined,
): Message {
  return {
    type,
    messageId: randomId(),
    ...said,
    timestamp: new Date(Date.now()).toISOString(),
    context: {
      page,
      groupId,
      library: { name: 'zuji.js', version: VERSION },
      locale: navigator.language,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      screen: { width: screen.width, height: screen.height, density: devicePixelRatio },
    },
  }
}

/** A random id. `crypto.randomUUID` is missing on pages without TLS, so it is not used. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
