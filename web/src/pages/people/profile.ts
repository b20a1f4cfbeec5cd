/** What the parts of a person's page are given, and how they write its values. */

import type { Answer } from "@/api/client";

export type Profile = Answer<"/api/v1/profiles/{identifier}">;

/** A value as a text: what is no text, as JSON. */
export function written(value: unknown): string {
  return typeof value === "string" ? value : value === null || value === undefined ? "–" : JSON.stringify(value);
}
