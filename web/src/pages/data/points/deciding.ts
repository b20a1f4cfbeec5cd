/** Deciding about collection points: a place is declared, dismissed, or not watched any more. */

import { App } from "antd";
import { useChange } from "@/api/asking";
import { type Answer, call } from "@/api/client";
import { useWords } from "@/words/words";
import { words } from "./words";

export type Register = Answer<"/api/v1/points">;
export type Candidate = Answer<"/api/v1/points/candidates">["candidates"][number];
type Document = { points?: Record<string, Record<string, unknown>>; dismissed?: string[] };

/** Change what is declared, as it is at this moment; somebody else's change in between is never overwritten. */
function useDecision<T>(decide: (document: Document, told: T) => Document, said: "confirmed" | "dismissed" | "removed") {
  const say = useWords(words);
  const { message } = App.useApp();
  return useChange(
    async (told: T) => {
      const held = await call("get", "/api/v1/policies/{part}", { at: { part: "points" } });
      const document = decide(held.document as Document, told);
      return call("put", "/api/v1/policies/{part}", { at: { part: "points" }, body: { document, over: held.version } });
    },
    () => void message.success(say(said)),
  );
}

/** Declare a place as it was offered, under the name it was offered by. */
export function useConfirm() {
  return useDecision<Candidate>(
    (held, { name, point }) => ({ ...held, points: { ...held.points, [name]: point } }),
    "confirmed",
  );
}

/** Never offer a place again. */
export function useDismiss() {
  return useDecision<Candidate>((held, { name }) => ({ ...held, dismissed: [...(held.dismissed ?? []), name] }), "dismissed");
}

/** Take a point out of the register. */
export function useRemove() {
  return useDecision<string>((held, name) => {
    const { [name]: _, ...points } = held.points ?? {};
    return { ...held, points };
  }, "removed");
}
