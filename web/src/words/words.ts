/** Every text of the console stands here twice: a word cannot be written down in one language only. */

import { useCallback } from "react";
import { usePreferences } from "@/app/preferences";
import type { Language } from "./language";

export type Word = Readonly<Record<Language, string>>;
export type Words = Readonly<Record<string, Word>>;
export type Values = Readonly<Record<string, string | number>>;

/** A text with its places filled: `fill("{n} people", { n: 3 })` is "3 people". */
export function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** How a component speaks: `const say = useWords(words); say("title")`. */
export function useWords<W extends Words>(words: W): (key: keyof W, values?: Values) => string {
  const { language } = usePreferences();
  return useCallback(
    (key, values) => {
      const word = words[key];
      return word === undefined ? String(key) : fill(word[language], values);
    },
    [words, language],
  );
}

/** What the API says in both languages, in the one of the page; what has no Chinese is told in English. */
export function useSaid(): (word: { en?: string; zh?: string } | null | undefined) => string {
  const { language } = usePreferences();
  return useCallback((word) => word?.[language] || word?.en || word?.zh || "", [language]);
}
