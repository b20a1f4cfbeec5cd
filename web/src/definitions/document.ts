/** The document of a tag or segment, and what of its rule a form can show. The rules themselves: docs/rules.md. */

export type Kind = "tag" | "segment";
export type Json = Record<string, unknown>;

export interface Definition extends Json {
  key: string;
  name: { en: string; zh: string };
  rule?: Json;
}

export type Unit = "minute" | "hour" | "day" | "week";
export const UNITS: readonly Unit[] = ["minute", "hour", "day", "week"];

/** One line of the form. */
export type Condition =
  | { is: "did"; measure: "count" | "days"; event: string; op: string; value: number; last: number | null; unit: Unit }
  | { is: "left"; event: string; without: string; within: number; withinUnit: Unit; last: number; unit: Unit }
  | { is: "trait" | "identifier" | "tag"; name: string; op: string; value: string }
  | { is: "segment"; name: string };

export interface Form {
  join: "all" | "any";
  conditions: Condition[];
}

export const FRESH: Readonly<Record<Condition["is"], Condition>> = {
  did: { is: "did", measure: "count", event: "", op: "gte", value: 1, last: 7, unit: "day" },
  left: { is: "left", event: "", without: "", within: 1, withinUnit: "hour", last: 7, unit: "day" },
  trait: { is: "trait", name: "", op: "equals", value: "" },
  identifier: { is: "identifier", name: "phone", op: "is_set", value: "" },
  tag: { is: "tag", name: "", op: "is_set", value: "" },
  segment: { is: "segment", name: "" },
};

export const WITHOUT_VALUE: ReadonlySet<string> = new Set(["is_set", "is_not_set"]);

export function blank(kind: Kind): Definition {
  const rule = { when: { all: [ruleOf(FRESH.did)] } };
  const both = { key: "", name: { en: "", zh: "" }, rule };
  return kind === "tag" ? { ...both, family: "demand_intent" } : both;
}

/** Whether every place of a line is filled. */
export function isComplete(one: Condition): boolean {
  if (one.is === "did") return one.event !== "";
  if (one.is === "left") return one.event !== "" && one.without !== "";
  if (one.is === "segment") return one.name !== "";
  return one.name !== "" && (WITHOUT_VALUE.has(one.op) || one.value !== "");
}

/** A line as a condition of a rule. */
export function ruleOf(one: Condition): Json {
  switch (one.is) {
    case "did": {
      const window = one.last === null ? {} : { window: { last: { amount: one.last, unit: one.unit } } };
      return { measure: one.measure, event: one.event, ...window, op: one.op, value: one.value };
    }
    case "left":
      return {
        sequence: [{ event: one.event }],
        without: { event: one.without },
        within: { amount: one.within, unit: one.withinUnit },
        window: { last: { amount: one.last, unit: one.unit } },
      };
    case "segment":
      return { segment: one.name };
    default:
      return { [one.is]: one.name, op: one.op, ...(WITHOUT_VALUE.has(one.op) ? {} : { value: valueOf(one.value) }) };
  }
}

/** A number is written as one: rules compare numbers with numbers. */
function valueOf(text: string): string | number {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

export function ruleOfForm(form: Form): Json {
  return { when: { [form.join]: form.conditions.map(ruleOf) } };
}

/** The form of a rule; null where the rule says more than the form can show. */
export function formOf(rule: Json | undefined): Form | null {
  const when = rule && Object.keys(rule).length === 1 ? (rule.when as Json | undefined) : undefined;
  if (!when) return null;
  const [join] = Object.keys(when);
  const isList = (join === "all" || join === "any") && Array.isArray(when[join]) && Object.keys(when).length === 1;
  const parts = isList ? (when[join] as Json[]) : [when];
  const conditions = parts.map(lineOf);
  if (conditions.some((one) => one === null)) return null;
  return { join: join === "any" ? "any" : "all", conditions: conditions as Condition[] };
}

/** A line is shown only when writing it again gives exactly the condition it was read from. */
function lineOf(part: Json): Condition | null {
  const read = guess(part);
  return read && same(ruleOf(read), part) ? read : null;
}

function guess(part: Json): Condition | null {
  const window = part.window as { last?: { amount: number; unit: Unit } } | undefined;
  const last = window?.last;
  if (part.measure === "count" || part.measure === "days") {
    const { measure, event, op, value } = part as { measure: "count" | "days"; event: string; op: string; value: number };
    return { is: "did", measure, event: event ?? "", op, value, last: last?.amount ?? null, unit: last?.unit ?? "day" };
  }
  if (Array.isArray(part.sequence) && last) {
    const [first] = part.sequence as { event?: string }[];
    const within = part.within as { amount: number; unit: Unit } | undefined;
    const without = (part.without as { event?: string } | undefined)?.event ?? "";
    const { amount = 1, unit = "hour" } = within ?? {};
    return { is: "left", event: first?.event ?? "", without, within: amount, withinUnit: unit, last: last.amount, unit: last.unit };
  }
  for (const is of ["trait", "identifier", "tag"] as const) {
    if (typeof part[is] === "string") return { is, name: part[is], op: String(part.op), value: String(part.value ?? "") };
  }
  return typeof part.segment === "string" ? { is: "segment", name: part.segment } : null;
}

function same(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return a === b;
  const [left, right] = [a as Json, b as Json];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => same(left[name], right[name]));
}

/** A key from an English name: "Cart abandoned" is cart_abandoned. */
export function keyOf(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  return plain.replace(/^[^a-z]+|_+$/g, "").slice(0, 64);
}
