/** What the home page asks, and what of the answers is worth a sentence. */

const THIS_WEEK = { date_from: "-7d", date_to: "yesterday" };
const WEEK_BEFORE = { date_from: "-14d", date_to: "-8d" };
const PEOPLE = { event: null, math: "unique_users" };
const EACH_EVENT = { property: "$event", limit: 200 };

export const TOTALS = {
  kind: "trend",
  question: { ...THIS_WEEK, series: [PEOPLE, { event: null, math: "total" }], compare_to: "previous_period" },
};
export const BY_EVENT_NOW = { kind: "trend", question: { ...THIS_WEEK, series: [PEOPLE], breakdown: EACH_EVENT } };
export const BY_EVENT_BEFORE = { kind: "trend", question: { ...WEEK_BEFORE, series: [PEOPLE], breakdown: EACH_EVENT } };
export const ARRIVALS = { kind: "lifecycle", question: { date_from: "-14d", date_to: "yesterday", interval: "day" } };

/** The question behind a sentence, for the page that asks. */
export function proofOf(event: string): string {
  const question = { ...THIS_WEEK, series: [{ event, math: "unique_users" }], compare_to: "previous_period" };
  return `/ask?${new URLSearchParams({ kind: "trend", q: JSON.stringify(question) })}`;
}

export interface Trend {
  periods: { start: string }[];
  series: { values: (number | null)[]; total: number | null }[];
  previous: Trend | null;
  by_breakdown?: { value: (string | null)[]; kind: string; series: { total: number | null }[] }[];
}

export interface Move {
  event: string;
  now: number;
  before: number;
}

const MOST = 6;
const FEWEST = 10;
const BEYOND_CHANCE = 2;

/** What moved most, beyond chance: counts of people scatter by about the square root of how many they are. */
export function movesOf(now: Trend, before: Trend): Move[] {
  const [present, past] = [peopleByEvent(now), peopleByEvent(before)];
  const moves = [...new Set([...present.keys(), ...past.keys()])].map((event) => ({
    event,
    now: present.get(event) ?? 0,
    before: past.get(event) ?? 0,
  }));
  return moves
    .filter((one) => Math.max(one.now, one.before) >= FEWEST && surprise(one) >= BEYOND_CHANCE)
    .sort((a, b) => surprise(b) - surprise(a))
    .slice(0, MOST);
}

function surprise({ now, before }: Move): number {
  return Math.abs(now - before) / Math.sqrt(now + before);
}

function peopleByEvent(trend: Trend): Map<string, number> {
  const groups = (trend.by_breakdown ?? []).filter((one) => one.kind === "value");
  return new Map(groups.map((one) => [one.value[0] ?? "", one.series[0]?.total ?? 0]));
}
