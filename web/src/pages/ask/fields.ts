/**
 * The fields that questions are built from. A kind of question is a list of them (`kinds.ts`), and the form draws them:
 * the question's own document is the only state there is, so that what one sees, what the address holds and what is
 * asked can never differ.
 */
import type { AskKey } from "@/words/ask";
import { complete } from "./condition";
import { type Document, isDocument, type Json } from "./json";

/** Every field has a name in both languages: `field.<name>` in the words. */
export type FieldName = AskKey extends infer K ? (K extends `field.${infer N}` ? N : never) : never;
export type OptionName = AskKey extends infer K ? (K extends `option.${infer N}` ? N : never) : never;

interface Base {
  readonly name: FieldName;
  /** How it is called where its usual name would say too little. */
  readonly label?: AskKey;
  /** Shown only then; a hidden field is not asked with. */
  readonly when?: (whole: Document) => boolean;
  /** Stands among "more options". */
  readonly folded?: boolean;
  readonly required?: boolean;
}

export type Field = Base &
  (
    | { readonly type: "event" | "conditions" | "breakdown" | "day" | "text" }
    | { readonly type: "property"; readonly usual?: string }
    | { readonly type: "flag"; readonly usual?: true }
    | { readonly type: "properties" | "texts" | "numbers" | "bins" | "compare" | "count_by" }
    | { readonly type: "number"; readonly least: number; readonly most?: number; readonly usual?: number }
    | { readonly type: "choice"; readonly options: readonly OptionName[]; readonly usual?: OptionName }
    | { readonly type: "choices"; readonly options: readonly OptionName[] }
    | { readonly type: "duration"; readonly usual: Document }
    | { readonly type: "part"; readonly fields: readonly Field[]; readonly optional?: boolean }
    | { readonly type: "items"; readonly fields: readonly Field[]; readonly least: number; readonly most: number }
  );

/** What a field holds before anybody touched it; undefined: nothing. */
export function blankOf(field: Field): Json | undefined {
  if (field.type === "items" && field.least > 0) return Array.from({ length: field.least }, () => blank(field.fields));
  if (field.type === "part" && !field.optional) return blank(field.fields);
  return undefined;
}

export function blank(fields: readonly Field[]): Document {
  const known = fields.map((field) => [field.name, blankOf(field)] as const);
  return Object.fromEntries(known.filter((pair): pair is [FieldName, Json] => pair[1] !== undefined));
}

/** The document to ask with: what is hidden or empty is left out, so that the engine's defaults hold. */
export function trimmed(fields: readonly Field[], document: Document): Document {
  const kept: [string, Json][] = [];
  for (const field of fields) {
    const value = document[field.name];
    if (value === undefined || (field.when && !field.when(document))) continue;
    const own = trimmedValue(field, value);
    if (own !== undefined) kept.push([field.name, own]);
  }
  return Object.fromEntries(kept);
}

function trimmedValue(field: Field, value: Json): Json | undefined {
  if (field.type === "part") return isDocument(value) ? trimmed(field.fields, value) : undefined;
  if (field.type === "items") {
    const items = Array.isArray(value) ? value.filter(isDocument).map((item) => trimmed(field.fields, item)) : [];
    return items.length ? items : undefined;
  }
  if (field.type === "conditions") return complete(value);
  if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return undefined;
  return value;
}

/** The places of required fields that are empty, as the API would name them: `steps[0].event`. */
export function missing(fields: readonly Field[], document: Document, path = ""): string[] {
  return fields.flatMap((field) => {
    if (field.when && !field.when(document)) return [];
    const value = document[field.name];
    const place = path ? `${path}.${field.name}` : field.name;
    if (field.type === "items") {
      const items = Array.isArray(value) ? value.filter(isDocument) : [];
      return items.flatMap((item, at) => missing(field.fields, item, `${place}[${at}]`));
    }
    if (field.type === "part") {
      return isDocument(value) ? missing(field.fields, value, place) : field.optional ? [] : missing(field.fields, {}, place);
    }
    return field.required && (value === undefined || value === null || value === "") ? [place] : [];
  });
}
