/** Files that the engine is making for this browser. They go on while other pages are looked at; closing it ends them. */

import { useSyncExternalStore } from "react";
import { addressOf, ApiError, send } from "@/api/client";

export interface Export {
  readonly id: number;
  readonly title: string;
  readonly failure: ApiError | null;
  readonly stop: () => void;
}

const listeners = new Set<() => void>();
let held: readonly Export[] = [];
let last = 0;

function hold(next: readonly Export[]): void {
  held = next;
  for (const listen of listeners) listen();
}

// Who closes the page while a file is made would lose it: the browser asks first.
addEventListener("beforeunload", (event) => {
  if (held.some((one) => one.failure === null)) event.preventDefault();
});

export function dropExport(id: number): void {
  hold(held.filter((one) => one.id !== id));
}

/** Stop and give up all of them: whoever they are for is signed out. */
export function forgetExports(): void {
  for (const one of held) one.stop();
  hold([]);
}

/** The rows of an answer as a CSV file, made by the engine: it knows how many this role may take out. */
export async function saveRows(asked: { kind: string; question: unknown }, title: string): Promise<void> {
  const stopping = new AbortController();
  const id = ++last;
  hold([{ id, title, failure: null, stop: () => stopping.abort() }, ...held]);
  try {
    const rows = await send("POST", addressOf("/api/v1/exports"), {
      body: JSON.stringify({ format: "csv", ...asked }),
      headers: { "Content-Type": "application/json" },
      signal: stopping.signal,
    });
    handOver(String(rows ?? ""), `${title || asked.kind}.csv`);
    dropExport(id);
  } catch (failure) {
    if (failure instanceof ApiError) hold(held.map((one) => (one.id === id ? { ...one, failure } : one)));
    else dropExport(id); // stopped
  }
}

function handOver(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}

export function useExports(): readonly Export[] {
  return useSyncExternalStore(listenTo, () => held);
}

function listenTo(listen: () => void): () => void {
  listeners.add(listen);
  return () => listeners.delete(listen);
}
