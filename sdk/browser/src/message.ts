/** What goes over the wire: Segment's message, which is canonical for zuji. */

export type Json = string | number | boolean | null | undefined | Date | Json[] | { [name: string]: Json }
export type Properties = { [name: string]: Json }
export type MessageType = 'track' | 'identify' | 'page' | 'group' | 'alias'

export interface Page {
  url: string
  path: string
  title: string
  referrer: string
}

export interface Message {
  type: MessageType
  messageId: string
  anonymousId: string
  userId?: string | undefined
  event?: string
  name?: string
  previousId?: string
  groupId?: string
  properties?: Properties
  traits?: Properties
  timestamp: string
  context: { page: Page; [name: string]: unknown }
}

/** The parts of a message that its caller says; the rest is filled in. */
export type Said = Partial<Pick<Message, 'event' | 'name' | 'previousId' | 'userId' | 'groupId' | 'properties' | 'traits'>>

/** A random id. `crypto.randomUUID` is missing on pages without TLS, so it is not used. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
