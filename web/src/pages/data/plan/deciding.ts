/** Deciding about the plan: what arrives is taken over, and what shall be done about differences is chosen. */

import { App } from "antd";
import { useAnswer, useChange } from "@/api/asking";
import { call } from "@/api/client";
import { useWords } from "@/words/words";
import type { PlanDocument, PlannedEvent } from "./problems";
import { words } from "./words";

export type Mode = "accept" | "warn" | "enforce";

/** The plan that was decided; an empty one while nothing was. */
export function usePlanDocument() {
  const policy = useAnswer("/api/v1/policies/{part}", { at: { part: "plan" } });
  return { version: policy.data?.version ?? 0, document: (policy.data?.document ?? {}) as PlanDocument, isKnown: policy.isSuccess };
}

/** An event to take over; of one that is planned already, only the properties that differ. */
export interface Taken {
  event: string;
  properties?: readonly string[];
}

/** Take over events as they arrive. What is done about differences is not touched. */
export function useAccept() {
  const say = useWords(words);
  const { message } = App.useApp();
  const { document } = usePlanDocument();
  return useChange(
    async (taken: readonly Taken[]) => {
      const learned = (await call("get", "/api/v1/plan/export", { query: { format: "json", learned: true } })) as PlanDocument;
      const events = taken.map((one) => [one.event, takenOver(one, document.events?.[one.event], learned.events?.[one.event])]);
      return call("post", "/api/v1/plan/import", { body: { events: Object.fromEntries(events) } });
    },
    () => void message.success(say("accepted")),
  );
}

/** A planned event with some properties as they arrive; what never arrives is required no more. */
function takenOver({ properties = [] }: Taken, planned: PlannedEvent | undefined, learned: PlannedEvent = {}): PlannedEvent {
  if (!planned) return learned;
  const anew = properties.map((name) => [name, learned.properties?.[name] ?? { ...planned.properties?.[name], required: false }]);
  return { ...planned, properties: { ...planned.properties, ...Object.fromEntries(anew) } };
}

/** Write the plan anew, unless somebody else has in the meantime. */
export function useWritePlan() {
  const { version } = usePlanDocument();
  return useChange((document: PlanDocument) =>
    call("put", "/api/v1/policies/{part}", {
      at: { part: "plan" },
      body: { document: document as Record<string, unknown>, over: version },
    }),
  );
}
