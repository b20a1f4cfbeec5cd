/** Numbers and times as the reader writes them: in the language of the page and the zone of the workspace. */

import { useMemo } from "react";
import { usePreferences } from "./preferences";
import { useSession } from "./session";

export interface Format {
  number: (value: number | null | undefined) => string;
  compact: (value: number) => string;
  percent: (share: number | null | undefined) => string;
  /** Day and time. */
  moment: (iso: string | number | null | undefined) => string;
  time: (iso: string | number) => string;
  day: (iso: string | number) => string;
  /** Month and day, for axes. */
  shortDay: (iso: string | number) => string;
  duration: (seconds: number) => string;
}

export function makeFormat(language: string, timezone: string): Format {
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
  const date = { year: "numeric", month: "short", day: "numeric" } as const;
  const moment = new Intl.DateTimeFormat(locale, { ...date, ...clock, timeZone: timezone });
  const time = new Intl.DateTimeFormat(locale, { ...clock, timeZone: timezone });
  const day = new Intl.DateTimeFormat(locale, { ...date, weekday: "short", timeZone: timezone });
  const shortDay = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric", timeZone: timezone });
  const known = (value: unknown): value is number | string => value !== null && value !== undefined && value !== "";
  return {
    number: (value) => (known(value) ? number.format(value) : "–"),
    compact: (value) => compact.format(value),
    percent: (share) => (known(share) ? percent.format(share) : "–"),
    moment: (iso) => (known(iso) ? moment.format(new Date(iso)) : "–"),
    time: (iso) => time.format(new Date(iso)),
    day: (iso) => day.format(new Date(iso)),
    shortDay: (iso) => shortDay.format(new Date(iso)),
    duration: (seconds) => spoken(seconds, locale),
  };
}

function spoken(seconds: number, locale: string): string {
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "narrow", maximumFractionDigits: 1 }).format(
      value,
    );
  if (seconds < 1) return unit(Math.round(seconds * 1000), "millisecond");
  if (seconds < 90) return unit(seconds, "second");
  if (seconds < 5400) return unit(seconds / 60, "minute");
  if (seconds < 172_800) return unit(seconds / 3600, "hour");
  return unit(seconds / 86_400, "day");
}

export function useFormat(): Format {
  const { language } = usePreferences();
  const { timezone } = useSession();
  return useMemo(() => makeFormat(language, timezone), [language, timezone]);
}
