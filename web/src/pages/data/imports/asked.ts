/** What the steps of an import ask of the API. */

import { addressOf, type Answer, send } from "@/api/client";
import type { Mapping } from "./mapping";

export type Upload = Answer<"/api/v1/imports/uploads">["uploads"][number];
export type Look = Answer<"/api/v1/imports/uploads/{upload_id}/look", "post">;
export type Check = Answer<"/api/v1/imports/uploads/{upload_id}/check", "post">;
export type Import = Answer<"/api/v1/imports">["imports"][number];
export type Report = Answer<"/api/v1/imports/{import_id}/report">;

/** A file that was uploaded, and how it is understood so far. */
export interface Work {
  readonly upload: Upload;
  readonly look: Look;
  readonly mapping: Mapping;
  readonly source: string;
}

/** Send the file itself; it can be stopped on the way. */
export async function upload(file: File, signal: AbortSignal): Promise<Upload> {
  return (await send("POST", addressOf("/api/v1/imports/uploads", { file: file.name }), { body: file, signal })) as Upload;
}

/** A name for the source: that of the file, without its endings. */
export function sourceOf(file: string): string {
  return file.replace(/(\.[A-Za-z0-9]{1,8})+$/, "").slice(0, 100) || file.slice(0, 100);
}

/** Where the events of a source are asked about: all of history, since files are mostly older than this week. */
export function eventsOf(source: string): string {
  const question = {
    date_from: "-365d",
    interval: "month",
    series: [{ event: null, math: "total" }],
    breakdown: { property: "$event" },
    where: { all: [{ property: "$source", op: "equals", value: source }] },
  };
  return `/ask?${new URLSearchParams({ kind: "trend", q: JSON.stringify(question) })}`;
}
