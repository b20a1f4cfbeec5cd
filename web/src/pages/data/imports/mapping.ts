/** A mapping as a value: what each column means in it, and the same mapping with another meaning of one column. */

export interface CellDocument {
  readonly column?: string;
  readonly constant?: unknown;
  readonly template?: string;
  readonly as?: string;
  readonly formats?: readonly string[];
}
export type Cell = string | CellDocument;
type Cells = Readonly<Record<string, Cell>>;

/** What the page knows of a mapping; everything else in it is kept as it is. */
export interface Mapping {
  readonly [key: string]: unknown;
  readonly format?: string;
  readonly delimiter?: string;
  readonly encoding?: string;
  readonly header?: boolean;
  readonly zone?: string;
  readonly decimal?: string;
  readonly event?: Cell;
  readonly time?: Cell;
  readonly identifiers?: Cells;
  readonly properties?: Cells;
  readonly traits?: Cells;
}

export const IDENTIFIERS = ["user_id", "phone", "email", "member_card", "anonymous_id", "device_id", "unionid", "openid"] as const;
const KINDS = ["text", "number", "boolean"] as const;
const PARTS = ["identifiers", "properties", "traits"] as const;
export const ROLES = [
  "skip", "time", "event", ...IDENTIFIERS, ...KINDS, "trait",
] as const; // prettier-ignore
/** `other`: used in a way that only the text of the mapping shows. */
export type Role = (typeof ROLES)[number] | "other";

const isKind = (role: string): role is (typeof KINDS)[number] => (KINDS as readonly string[]).includes(role);
const isIdentifier = (role: string): boolean => (IDENTIFIERS as readonly string[]).includes(role);
const columnOf = (cell: Cell | undefined): string | undefined => (typeof cell === "string" ? cell : cell?.column);

/** What a column means. */
export function roleOf(mapping: Mapping, column: string): Role {
  if (columnOf(mapping.time) === column) return "time";
  if (columnOf(mapping.event) === column) return "event";
  for (const part of PARTS) {
    for (const [name, cell] of Object.entries(mapping[part] ?? {})) {
      if (columnOf(cell) !== column) continue;
      if (part === "traits") return "trait";
      if (part === "identifiers") return isIdentifier(name) ? (name as Role) : "other";
      const kind = typeof cell === "string" ? "text" : (cell.as ?? "text");
      return isKind(kind) ? kind : "other";
    }
  }
  return JSON.stringify(mapping).includes(JSON.stringify(column)) ? "other" : "skip";
}

/** The name under which a column becomes a property or a trait. */
export function nameOf(mapping: Mapping, column: string): string | undefined {
  for (const part of ["properties", "traits"] as const) {
    const found = Object.entries(mapping[part] ?? {}).find(([, cell]) => columnOf(cell) === column);
    if (found) return found[0];
  }
  return undefined;
}

/** The mapping with another meaning of a column. What stood in its place before becomes a text. */
export function withRole(mapping: Mapping, column: string, role: Role): Mapping {
  if (role === "other") return mapping;
  const name = nameOf(mapping, column) ?? column;
  const left = without(mapping, column);
  if (role === "time") return { ...displaced(left, columnOf(left.time)), time: column };
  if (role === "event") return { ...displaced(left, columnOf(left.event)), event: column };
  if (isIdentifier(role)) {
    const freed = displaced(left, columnOf(left.identifiers?.[role]));
    return { ...freed, identifiers: { ...freed.identifiers, [role]: column } };
  }
  if (role === "trait") return { ...left, traits: { ...left.traits, [name]: column } };
  if (isKind(role)) return { ...left, properties: { ...left.properties, [name]: role === "text" ? column : { column, as: role } } };
  return left;
}

/** The mapping with a column under another name among the properties or traits; as it is where the name is taken. */
export function withName(mapping: Mapping, column: string, name: string): Mapping {
  const renamed = (cells: Cells | undefined): Cells =>
    Object.fromEntries(Object.entries(cells ?? {}).map(([key, cell]) => [columnOf(cell) === column ? name : key, cell]));
  const part = Object.values(mapping.traits ?? {}).some((cell) => columnOf(cell) === column) ? "traits" : "properties";
  return name in (mapping[part] ?? {}) ? mapping : { ...mapping, [part]: renamed(mapping[part]) };
}

/** How the times are written, as a person edits it: formats one after the other; none means ISO 8601. */
export function formatsOf(mapping: Mapping): string {
  return typeof mapping.time === "object" ? (mapping.time.formats ?? []).join(", ") : "";
}

export function withFormats(mapping: Mapping, text: string): Mapping {
  const column = columnOf(mapping.time);
  if (column === undefined) return mapping;
  const formats = text.split(",").map((one) => one.trim()).filter(Boolean);
  return { ...mapping, time: formats.length ? { column, formats } : column };
}

/** The name of every event, where no column tells it. */
export function constantEvent(mapping: Mapping): string | undefined {
  if (mapping.event === undefined) return "";
  return typeof mapping.event === "object" && columnOf(mapping.event) === undefined ? String(mapping.event.constant ?? "") : undefined;
}

/** The mapping after the file turned out to have other columns: new ones are texts, those that are gone are not used. */
export function fitted(mapping: Mapping, columns: readonly string[]): Mapping {
  const used = [columnOf(mapping.time), columnOf(mapping.event), ...PARTS.flatMap((part) => Object.values(mapping[part] ?? {}).map(columnOf))];
  const gone = used.filter((column): column is string => column !== undefined && !columns.includes(column));
  const kept = gone.reduce(without, mapping);
  return columns.filter((column) => roleOf(kept, column) === "skip").reduce((all, column) => withRole(all, column, "text"), kept);
}

/** Whether anybody is named: an import cannot do without. */
export function namesSomebody(mapping: Mapping): boolean {
  return Object.keys(mapping.identifiers ?? {}).length > 0;
}

function displaced(mapping: Mapping, column: string | undefined): Mapping {
  return column === undefined ? mapping : withRole(mapping, column, "text");
}

function without(mapping: Mapping, column: string): Mapping {
  const { time, event, ...rest } = mapping;
  const others = (cells: Cells | undefined): Cells =>
    Object.fromEntries(Object.entries(cells ?? {}).filter(([, cell]) => columnOf(cell) !== column));
  const parts = Object.fromEntries(PARTS.filter((part) => mapping[part]).map((part) => [part, others(mapping[part])]));
  const left: Mapping = { ...rest, ...parts };
  return {
    ...left,
    ...(time !== undefined && columnOf(time) !== column ? { time } : {}),
    ...(event === undefined || columnOf(event) === column ? { event: { constant: "Imported" } } : { event }),
  };
}
