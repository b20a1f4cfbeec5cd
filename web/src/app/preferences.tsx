/** What the reader chose for this browser: language, light or dark, workspace. */

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { Language } from "@/words/language";

export type Theme = "light" | "dark" | "system";

interface Preferences {
  language: Language;
  theme: Theme;
  isDark: boolean;
  setLanguage: (language: Language) => void;
  setTheme: (theme: Theme) => void;
}

const Context = createContext<Preferences | null>(null);

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(`zuji.${name}`);
  } catch {
    return null; // storage may be forbidden: then nothing is remembered, and everything works
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`zuji.${name}`, value);
  } catch {
    // as above
  }
}

function firstLanguage(): Language {
  const chosen = remembered("language");
  if (chosen === "en" || chosen === "zh") return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

function firstTheme(): Theme {
  const chosen = remembered("theme");
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

function useSystemDark(): boolean {
  const asked = useMemo(() => matchMedia("(prefers-color-scheme: dark)"), []);
  const [isDark, setDark] = useState(asked.matches);
  useEffect(() => {
    const follow = () => setDark(asked.matches);
    asked.addEventListener("change", follow);
    return () => asked.removeEventListener("change", follow);
  }, [asked]);
  return isDark;
}

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  const [theme, setTheme] = useState(firstTheme);
  const systemDark = useSystemDark();
  const isDark = theme === "system" ? systemDark : theme === "dark";

  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
  }, [language, isDark]);

  const value = useMemo<Preferences>(
    () => ({
      language,
      theme,
      isDark,
      setLanguage: (next) => {
        remember("language", next);
        setLanguage(next);
      },
      setTheme: (next) => {
        remember("theme", next);
        setTheme(next);
      },
    }),
    [language, theme, isDark],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function usePreferences(): Preferences {
  const found = useContext(Context);
  if (!found) throw new Error("no preferences around this");
  return found;
}
