/** What the automatic parts and the surveys know of a client. */

import type { Page, Properties } from './message'

/** How automatic capture reports what it saw. `page`: where it was seen, when that is not here any more. */
export interface Recorder {
  saw(event: string, properties: Properties, page?: Page): void
  viewed(page: Page): void
  /** Hear of every call and everything seen, by its event's name or its type. */
  onSaid(act: (event: string) => void): void
  /** Whether what is seen now would be sent. */
  mayRecord(): boolean
  /** The page is hidden, or `isGoing` for good: send what can still be sent. */
  leave(isGoing: boolean): void
}
