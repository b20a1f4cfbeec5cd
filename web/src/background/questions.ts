/**
 * Questions that are answered in the background, kept by this browser: whoever leaves the page, or loads it anew, finds
 * them again. The engine keeps what is done for a quarter of an hour; what it does not know any more is dropped here.
 * They are somebody's: all are given up when that person is signed out, since others may use this browser.
 */
import { remember, remembered } from "@/app/preferences";

export interface BackgroundQuestion {
  readonly id: string;
  /** Whose it is, by the id of the user. */
  readonly user: string;
  readonly workspace: string;
  /** Milliseconds since 1970. */
  readonly begun: number;
  readonly kind: string;
  readonly question: Readonly<Record<string, unknown>>;
  /** Whether its answer was on the page: then nobody has to be told that it is there. */
  readonly isSeen?: boolean;
}

const NAME = "background";
/** Those of a workspace that nobody looks at again are asked after by nobody, so the time ends them. */
const KEPT_MS = 24 * 3_600_000;
const listeners = new Set<() => void>();
let held: readonly BackgroundQuestion[] = read();

function read(): readonly BackgroundQuestion[] {
  try {
    const found: unknown = JSON.parse(remembered(NAME) ?? "[]");
    return Array.isArray(found) ? (found as BackgroundQuestion[]).filter((one) => one?.id && one.kind && isRecent(one)) : [];
  } catch {
    return []; // somebody else wrote there
  }
}

function isRecent({ begun }: BackgroundQuestion): boolean {
  return Date.now() - begun < KEPT_MS;
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
  hold([one, ...held.filter(isRecent)]);
}

export function markSeen(id: string): void {
  if (held.some((one) => one.id === id && !one.isSeen)) hold(held.map((one) => (one.id === id ? { ...one, isSeen: true } : one)));
}

export function drop(id: string): void {
  if (held.some((one) => one.id === id)) hold(held.filter((one) => one.id !== id));
}

/** Give up all of them: whoever they belong to is signed out. */
export function forgetQuestions(): void {
  hold([]);
}

export function heldQuestions(): readonly BackgroundQuestion[] {
  return held;
}

export function listenTo(listen: () => void): () => void {
  listeners.add(listen);
  return () => listeners.delete(listen);
}
