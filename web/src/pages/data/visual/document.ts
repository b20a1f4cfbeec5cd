/** A visual event as this page reads it. */

import type { Answer } from "@/api/client";
import type { Word } from "@/words/words";

export type VisualEvent = Answer<"/api/v1/visual-events">["visual_events"][number];

/** The parts of its document that are shown. What the API keeps was checked when it was written. */
export interface Document {
  readonly name: Word;
  readonly page?: { readonly host?: string; readonly path?: string };
  readonly element?: string;
  readonly text?: { readonly value: string };
}

export function documentOf(document: unknown): Document {
  return document as Document;
}

/** Where it is looked for; empty for everywhere. */
export function pageOf({ page }: Document): string {
  return (page?.host ?? "") + (page?.path ?? "");
}

/** The days that are shown beside each. */
export const SINCE = "-13d";

/** The link to Ask with this event chosen. */
export function asking(event: string): string {
  const question = { series: [{ event }], date_from: SINCE };
  return `/ask?${new URLSearchParams({ kind: "trend", q: JSON.stringify(question) })}`;
}
