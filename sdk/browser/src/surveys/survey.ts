/** A question to the visitor, as the page's owner writes it; and how the core hands it to the script that asks it. */

import type { Recorder } from '../recorder'

export interface Survey {
  /** Names it in its events; each visitor is asked once. */
  id: string
  question: string
  /** What to choose from; without them a text is asked for. */
  choices?: string[]
  /** Ask after this event. Default: as soon as the page is there. */
  event?: string
  /** Wait so many seconds. */
  afterSeconds?: number
  /** Ask only where the path begins so. */
  path?: string
  /** The labels of the two buttons, in the visitor's language. */
  send?: string
  close?: string
}

/** `name` is what the client's own storage begins with. */
export interface Order {
  recorder: Recorder
  surveys: Survey[]
  name: string
}

export interface Orders {
  push(order: Order): unknown
}
