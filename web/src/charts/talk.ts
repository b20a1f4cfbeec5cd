import { useMemo } from "react";
import { usePreferences } from "@/app/preferences";
import { ask } from "@/words/ask";
import { useWords } from "@/words/words";
import type { Talk } from "./model";

/** The words of Ask in the language of the page, for components and for views alike. */
export function useTalk(): Talk {
  const { language } = usePreferences();
  const say = useWords(ask);
  return useMemo(() => ({ language, say }), [language, say]);
}
