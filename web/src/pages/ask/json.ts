/** Documents of questions as plain values. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type Document = { readonly [name: string]: Json };

export function isDocument(value: Json | undefined): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The document with one field changed; undefined takes it away. */
export function changed(document: Document, name: string, value: Json | undefined): Document {
  const rest = Object.fromEntries(Object.entries(document).filter(([other]) => other !== name));
  return value === undefined ? rest : { ...rest, [name]: value };
}
