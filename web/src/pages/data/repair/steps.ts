/** The steps of a repair as they are written by hand, and as the API reads them (docs/cleaning.md). */

export const KINDS = ["set", "default", "rename", "move", "drop", "convert", "shift_time", "map", "replace"] as const;
export const TYPES = ["text", "number", "integer", "boolean", "time"] as const;
export type Kind = (typeof KINDS)[number];

/** `other` is the value, the name, the place, the type, the seconds or the new text, as the kind has it. */
export interface Step {
  id: number;
  kind: Kind;
  field: string;
  from: string;
  other: string;
}

export function blankStep(id: number): Step {
  return { id, kind: "set", field: "", from: "", other: "" };
}

export function isComplete({ kind, field, from, other }: Step): boolean {
  if (!field.trim()) return false;
  if (kind === "drop") return true;
  if (kind === "map" || kind === "replace") return from !== "";
  if (kind === "shift_time") return other.trim() !== "" && Number.isFinite(Number(other));
  return other.trim() !== "";
}

/** A step as the API reads it. `paths`: of fields whose names have dots, which a text cannot say. */
export function documentOf({ kind, field, from, other }: Step, paths: ReadonlyMap<string, readonly string[]>) {
  const of = { do: kind, field: placeOf(field, paths) };
  switch (kind) {
    case "set":
    case "default":
      return { ...of, value: valueOf(other) };
    case "rename":
    case "convert":
      return { ...of, to: other.trim() };
    case "move":
      return { ...of, to: placeOf(other, paths) };
    case "drop":
      return of;
    case "shift_time":
      return { ...of, seconds: Number(other) };
    case "map":
      return { ...of, values: { [from]: other } };
    case "replace":
      return { ...of, find: from, by: other };
  }
}

function placeOf(written: string, paths: ReadonlyMap<string, readonly string[]>): string | readonly string[] {
  const path = paths.get(written.trim());
  return path?.some((name) => name.includes(".")) ? path : written.trim();
}

/** Numbers, true, false, null, lists and objects as such; everything else is a text. */
function valueOf(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return written;
  }
}

/** Every field of a message that no step is forbidden to touch, as it is written here, with its path. */
export function fieldsOf(message: unknown, above: readonly string[] = []): [string, readonly string[]][] {
  if (typeof message !== "object" || message === null || Array.isArray(message)) return [];
  return Object.entries(message).flatMap(([name, value]) => {
    if (above.length === 0 && KEPT.has(name)) return [];
    const path = [...above, name];
    return [[path.join("."), path] as [string, readonly string[]], ...fieldsOf(value, path)];
  });
}

const KEPT = new Set(["messageId", "problem", "detail", "raw"]);
