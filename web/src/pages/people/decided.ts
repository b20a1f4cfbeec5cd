/** What somebody decided about who is who, and the way back. */

import { call } from "@/api/client";
import type { Identifier } from "./identifiers";

/** A decision that was just made, and how it is taken back. */
export interface Decided {
  said: string;
  undo: () => Promise<unknown>;
}

/** Taking a split back: evidence may link every pair again. */
export function lift(staying: readonly Identifier[], leaving: readonly Identifier[], why: string) {
  return Promise.all(
    staying.flatMap((a) => leaving.map((b) => call("post", "/api/v1/identity/lift", { body: { a, b, why } }))),
  );
}
