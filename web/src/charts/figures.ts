/** Figures as people read them: numbers, shares, lengths of time and periods, in the language of the page. */
import type { Language } from "@/words/language";
import type { Form, Talk } from "./model";

const LOCALE: Record<Language, string> = { en: "en-GB", zh: "zh-CN" };
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** A figure in its form; a dash where there is none. */
export function figure(value: number | string | null | undefined, form: Form, talk: Talk): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return value;
  if (form === "share") return percent(value, talk.language);
  if (form === "seconds") return lengthOfTime(value, talk);
  return number(value, talk.language);
}

/** Whole numbers whole, others with as many digits as help. */
export function number(value: number, language: Language): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 1 ? 2 : 4;
  return new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: digits }).format(value);
}

/** Short enough for an axis: 12K, 1.2万. */
export function compact(value: number, form: Form, talk: Talk): string {
  if (form === "share" || form === "seconds") return figure(value, form, talk);
  const written = new Intl.NumberFormat(LOCALE[talk.language], { notation: "compact", maximumFractionDigits: 1 });
  return written.format(value);
}

export function percent(share: number, language: Language): string {
  return new Intl.NumberFormat(LOCALE[language], { style: "percent", maximumFractionDigits: 1 }).format(share);
}

/** A length of time in its two largest units. */
export function lengthOfTime(seconds: number, talk: Talk): string {
  const { say } = talk;
  if (seconds < MINUTE) return say("time.seconds", { n: number(Math.round(seconds * 10) / 10, talk.language) });
  const [unit, length, smaller, part] =
    seconds < HOUR
      ? (["minutes", MINUTE, "seconds", 1] as const)
      : seconds < DAY
        ? (["hours", HOUR, "minutes", MINUTE] as const)
        : (["days", DAY, "hours", HOUR] as const);
  const whole = Math.floor(seconds / length);
  const rest = Math.floor((seconds - whole * length) / part);
  const first = say(`time.${unit}`, { n: whole });
  return rest === 0 ? first : `${first} ${say(`time.${smaller}`, { n: rest })}`;
}

/**
 * A period by its start. The text is already in the zone of the question, so that it is read and never converted.
 * `2026-03-01` becomes "1 Mar", `2026-03-01T10:00:00+08:00` "1 Mar 10:00".
 */
export function period(start: string, talk: Talk): string {
  const [day = "", time] = start.split("T");
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return start;
  const written = new Intl.DateTimeFormat(LOCALE[talk.language], { month: "short", day: "numeric", timeZone: "UTC" });
  return time === undefined ? written.format(date) : `${written.format(date)} ${time.slice(0, 5)}`;
}

/** Starts of periods; where they lie in several years, or are months, each says its year. */
export function periods(starts: readonly string[], talk: Talk): string[] {
  const years = new Set(starts.map((start) => start.slice(0, 4)));
  const monthly = starts.length > 1 && starts.every((start) => start.slice(8) === "01");
  if (monthly) return starts.map((start) => start.slice(0, 7));
  return starts.map((start) => (years.size > 1 ? `${start.slice(0, 4)} ${period(start, talk)}` : period(start, talk)));
}
