/** Groups of a breakdown as pages name and point at them. */
import type { Group } from "../answers";
import type { Cell, Talk } from "../model";

/** Charts of many groups show the largest; tables show all. */
export const MOST_DRAWN = 10;

export function groupName(group: Group, talk: Talk): string {
  if (group.kind === "other") return talk.say("group.other");
  return group.value.map((part) => part ?? talk.say("group.none")).join(" / ");
}

/** The cell of a figure of this group. */
export function inGroup(cell: Cell, group: Group | null): Cell {
  if (group === null) return cell;
  const pointed = { ...cell, group: group.value };
  return group.kind === "value" ? pointed : { ...pointed, group_kind: group.kind };
}

/** An event by its name; null is any. */
export function eventName(name: string | null, talk: Talk): string {
  return name ?? talk.say("any_event");
}

export function text(value: string): { readonly value: string; readonly form: "text" } {
  return { value, form: "text" };
}

/** How many periods at the end are not over. */
export function partialAtEnd(periods: readonly { readonly partial: boolean }[]): number {
  const over = periods.findLastIndex((period) => !period.partial);
  return over === -1 ? 0 : periods.length - 1 - over;
}
