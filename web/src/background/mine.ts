/** The questions in the background that belong to who is signed in. */

import { useMemo, useSyncExternalStore } from "react";
import { useSession } from "@/app/session";
import { type BackgroundQuestion, heldQuestions, listenTo } from "./questions";

/** One's own in this workspace, the newest first. */
export function useBackgroundQuestions(): readonly BackgroundQuestion[] {
  const { user, workspace } = useSession();
  const all = useSyncExternalStore(listenTo, heldQuestions);
  return useMemo(() => all.filter((one) => one.user === user.id && one.workspace === workspace), [all, user.id, workspace]);
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
