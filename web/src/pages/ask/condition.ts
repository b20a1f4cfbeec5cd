/** Conditions as values: what the editor does to them, and what of them is whole enough to be asked. */
import { type Document, isDocument, type Json } from "./json";

export const SCOPES = ["event", "profile", "session", "tag", "segment"] as const;
export type Scope = (typeof SCOPES)[number];
export const OPS = [
  "equals", "not_equals", "contains", "not_contains", "gt", "gte", "lt", "lte", "between", "before", "after",
  "within_last", "is_set", "is_not_set", "regex", "not_regex",
] as const; // prettier-ignore
export type Op = (typeof OPS)[number] | "in_segment";
const JOINS = ["all", "any", "not"] as const;
export type Join = (typeof JOINS)[number];
export const NEW_LEAF: Document = { property: "", op: "equals" };

/** The parts of a group and how they are joined; "not" means not all of them. */
export interface Group {
  readonly join: Join;
  readonly parts: readonly Json[];
}

export function groupOf(node: Json | undefined): Group {
  if (Array.isArray(node)) return { join: "all", parts: node };
  if (!isDocument(node)) return { join: "all", parts: [] };
  if (Array.isArray(node.all)) return { join: "all", parts: node.all };
  if (Array.isArray(node.any)) return { join: "any", parts: node.any };
  if (node.not !== undefined) return { join: "not", parts: isGroup(node.not) ? groupOf(node.not).parts : [node.not] };
  return { join: "all", parts: [node] };
}

/** The node of a group; one that joins nothing is nothing. */
export function nodeOf({ join, parts }: Group): Json | undefined {
  if (parts.length === 0) return undefined;
  if (join === "not") return { not: { all: parts } };
  return join === "any" ? { any: parts } : { all: parts };
}

export function isGroup(node: Json): boolean {
  return isDocument(node) && (node.all !== undefined || node.any !== undefined || node.not !== undefined);
}

/** A leaf whose property is not written yet is not asked with, nor one whose comparison lacks its value. */
export function complete(node: Json): Json | undefined {
  if (isGroup(node) || Array.isArray(node)) {
    const { join, parts } = groupOf(node);
    return nodeOf({ join, parts: parts.map(complete).filter((part): part is Json => part !== undefined) });
  }
  if (!isDocument(node)) return undefined;
  const op = String(node.op);
  if (!node.property && op !== "in_segment") return undefined;
  return op === "is_set" || op === "is_not_set" || isWhole(op, node.value) ? node : undefined;
}

function isWhole(op: string, value: Json | undefined): boolean {
  if (op === "between") return Array.isArray(value) && value.length === 2 && value.every((one) => one !== null);
  return value !== undefined && value !== null && value !== "";
}

/** Another scope has other properties; a segment only knows "is in". */
export function withScope(scope: Scope): Document {
  if (scope === "segment") return { property: "", scope, op: "in_segment" };
  return { ...NEW_LEAF, ...(scope !== "event" && { scope }), ...(scope === "tag" && { op: "is_set" }) };
}

export const KIND_OF_VALUE: Record<Op, "texts" | "number" | "two" | "time" | "length" | "none" | "text" | "segment"> = {
  equals: "texts", not_equals: "texts", contains: "texts", not_contains: "texts", regex: "text", not_regex: "text",
  gt: "number", gte: "number", lt: "number", lte: "number", between: "two", before: "time", after: "time",
  within_last: "length", is_set: "none", is_not_set: "none", in_segment: "segment",
}; // prettier-ignore

/** A value stays where the other comparison takes such a one. */
export function withOp(leaf: Document, op: Op): Document {
  const { value, ...rest } = leaf;
  const stays = KIND_OF_VALUE[op] === KIND_OF_VALUE[String(leaf.op) as Op];
  if (KIND_OF_VALUE[op] === "length") return { ...rest, op, value: { amount: 7, unit: "day" } };
  return stays && value !== undefined ? { ...rest, op, value } : { ...rest, op };
}

