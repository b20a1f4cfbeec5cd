/**
 * Questions that are answered in the background, kept by this browser: whoever leaves the page, or loads it anew, finds
 * them again. The engine keeps what is done for a quarter of an hour; what it does not know any more is dropped here.
 */
import { useMemo, useSyncExternalStore } from "react";
import { remember, remembered } from "@/app/preferences";
import { useSession } from "@/app/session";

export interface BackgroundQuestion {
  readonly id: string;
  readonly workspace: string;
  readonly kind: string;
  readonly question: Readonly<Record<string, unknown>>;
  /** Whether its answer was on the page: then nobody has to be told that it is there. */
  readonly isSeen?: boolean;
}

const NAME = "background";
const MOST = 20;
const listeners = new Set<() => void>();
let held: readonly BackgroundQuestion[] = read();

function read(): readonly BackgroundQuestion[] {
  try {
    const found: unknown = JSON.parse(remembered(NAME) ?? "[]");
    return Array.isArray(found) ? (found as BackgroundQuestion[]).filter((one) => one?.id && one.kind) : [];
  } catch {
    return []; // somebody else wrote there
  }
}

function hold(next: readonly BackgroundQuestion[]): void {
  held = next;
  remember(NAME, JSON.stringify(held));
  for (const listen of listeners) listen();
}

// Other tabs of this browser write there too.
addEventListener("storage", (event) => {
  if (event.key !== `zuji.${NAME}`) return;
  held = read();
  for (const listen of listeners) listen();
});

export function keep(one: BackgroundQuestion): void {
  hold([one, ...held].slice(0, MOST));
}

export function markSeen(id: string): void {
  if (held.some((one) => one.id === id && !one.isSeen)) hold(held.map((one) => (one.id === id ? { ...one, isSeen: true } : one)));
}

export function drop(id: string): void {
  if (held.some((one) => one.id === id)) hold(held.filter((one) => one.id !== id));
}

function listenTo(listen: () => void): () => void {
  listeners.add(listen);
  return () => listeners.delete(listen);
}

/** Those of this workspace, the newest first. */
export function useBackgroundQuestions(): readonly BackgroundQuestion[] {
  const { workspace } = useSession();
  const all = useSyncExternalStore(listenTo, () => held);
  return useMemo(() => all.filter((one) => one.workspace === workspace), [all, workspace]);
}

/** The one that answers exactly this, if any. */
export function useBackgroundAnswer(asked: { kind: string; question: unknown } | null): BackgroundQuestion | null {
  const all = useBackgroundQuestions();
  const key = asked && keyOf(asked);
  return all.find((one) => keyOf(one) === key) ?? null;
}

function keyOf({ kind, question }: { kind: string; question: unknown }): string {
  return JSON.stringify([kind, question]);
}
