/** Where what arrives differs from what is planned. Nothing is asked here: it is told from the learned plan alone. */

import type { Answer } from "@/api/client";

export type Plan = Answer<"/api/v1/plan">;
export type PlanEvent = Plan["events"][number];
export type PlanProperty = PlanEvent["properties"][number];

/** What the plan says of a property. */
export interface Wanted {
  type?: string;
  required?: boolean;
  enum?: readonly unknown[] | null;
}

/** What the plan says of an event. */
export interface PlannedEvent {
  mode?: string | null;
  others?: string;
  properties?: Record<string, Wanted>;
}

/** The document of the policy `plan`, as far as it is edited here. */
export interface PlanDocument {
  mode?: string;
  unplanned?: string;
  events?: Record<string, PlannedEvent>;
}

export interface Problem {
  kind: "wrongType" | "missing" | "gone" | "absent" | "notOneOf" | "extra";
  property: string;
  /** Of the samples or events that differ. */
  share?: number;
  wanted?: string;
  other?: string;
  example?: string;
}

const KINDS = new Map([
  ["string", "text"],
  ["number", "number"],
  ["boolean", "boolean"],
]);

/** Whether a learned type may stand where another is planned. Whole numbers are numbers; null counts as absent. */
export function fits(type: string, wanted: string): boolean {
  if (wanted === "any" || type === wanted || type === "null") return true;
  return (wanted === "number" && type === "integer") || (wanted === "integer" && type === "number"); // 3.0 is whole
}

/** Everything about an event that is not as planned; nothing of an event that is not in the plan. */
export function problemsOf(event: PlanEvent, document: PlanDocument): Problem[] {
  if (!event.planned) return [];
  const planned = document.events?.[event.event];
  const seen = new Set(event.properties.map((one) => one.name));
  const absent = Object.entries(planned?.properties ?? {})
    .filter(([name, wanted]) => wanted.required && !seen.has(name))
    .map(([property]): Problem => ({ kind: "absent", property }));
  return [...absent, ...event.properties.flatMap((one) => ofProperty(one, planned?.others === "against"))];
}

function ofProperty(property: PlanProperty, isClosed: boolean): Problem[] {
  const name = property.name;
  const wanted = property.planned as Wanted | null;
  const first = property.examples[0];
  if (!wanted) return isClosed ? [{ kind: "extra", property: name, ...(first ? { example: first } : {}) }] : [];
  const found: Problem[] = [];
  const wrong = wrongType(property, wanted.type ?? "any");
  if (wrong) found.push(wrong);
  const strange = wanted.enum ? property.examples.find((text) => !wanted.enum?.includes(valueOf(text))) : undefined;
  if (strange && !wrong) found.push({ kind: "notOneOf", property: name, example: strange });
  if (wanted.required && property.gone) found.push({ kind: "gone", property: name });
  else if (wanted.required && property.share < 1) found.push({ kind: "missing", property: name, share: 1 - property.share });
  return found;
}

function wrongType(property: PlanProperty, wanted: string): Problem | null {
  const types = Object.entries(property.types);
  const other = types.filter(([type]) => !fits(type, wanted)).toSorted(([, a], [, b]) => b - a)[0];
  if (!other) return null;
  const all = types.reduce((sum, [, n]) => sum + n, 0);
  const example = property.examples.find((text) => !fits(typeOf(text), wanted));
  return {
    kind: "wrongType",
    property: property.name,
    wanted,
    other: other[0],
    share: other[1] / all,
    ...(example ? { example } : {}),
  };
}

function typeOf(text: string): string {
  const value = valueOf(text);
  if (Array.isArray(value)) return "list";
  return value === null ? "null" : (KINDS.get(typeof value) ?? "object");
}

/** The value of an example; one that was cut is a text. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
