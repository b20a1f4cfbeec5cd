/** What the parts of a person's page are given, and how they write its values. */

import type { Answer } from "@/api/client";
import type { Language } from "@/words/language";

export type Profile = Answer<"/api/v1/profiles/{identifier}">;

/** A value as a text: what is no text, as JSON. */
export function written(value: unknown): string {
  return typeof value === "string" ? value : value === null || value === undefined ? "–" : JSON.stringify(value);
}

/** A value as a reader likes it: lists joined, numbers rounded, the rest as it is written. */
export function shown(value: unknown, number: (value: number) => string, language: Language): string {
  if (Array.isArray(value)) return value.map((one) => shown(one, number, language)).join(language === "zh" ? "、" : ", ");
  return typeof value === "number" ? number(value) : written(value);
}
