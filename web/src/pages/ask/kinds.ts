/** The fourteen kinds of questions as forms. What each field means is written in docs/questions.md. */
import type { Kind } from "@/charts/views";
import type { Field, OptionName } from "./fields";
import type { Document } from "./json";

const INTERVALS: readonly OptionName[] = ["hour", "day", "week", "month", "quarter", "year"];
const MODELS: readonly OptionName[] = [
  "first", "last", "last_non_direct", "linear", "position", "time_decay", "markov", "shapley",
]; // prettier-ignore
const EVENT: Field = { name: "event", type: "event" };
const CONDITIONS: Field = { name: "where", type: "conditions" };
const BREAKDOWN: Field = { name: "breakdown", type: "breakdown" };
const INTERVAL: Field = { name: "interval", type: "choice", options: INTERVALS, usual: "day" };
const LONG_INTERVAL: Field = { name: "interval", type: "choice", options: INTERVALS };

const OF_PROPERTY = ["unique_values", "sum", "avg", "min", "max", "median", "p75", "p90", "p95", "p99"];
const MATHS: readonly OptionName[] = [
  "total", "unique_users", "weekly_active", "monthly_active", "per_user_average", "max_per_user", "unique_values",
  "sum", "avg", "min", "max", "median", "p75", "p90", "p95", "p99",
]; // prettier-ignore

/** What every kind understands; the dates stand apart, at the head of the page. */
const SHARED: readonly Field[] = [
  { name: "count_by", type: "count_by", folded: true },
  { name: "session_gap_minutes", type: "number", least: 1, most: 525_600, usual: 30, folded: true },
  { name: "robots", type: "choice", options: ["leave_out", "include"], usual: "leave_out", folded: true },
  { name: "inferred", type: "choice", options: ["include", "leave_out"], usual: "include", folded: true },
  { name: "purposes", type: "choice", options: ["analytics", "any"], usual: "analytics", folded: true },
  { name: "week_start", type: "choice", options: ["monday", "sunday"], usual: "monday", folded: true },
  { name: "timezone", type: "text", folded: true },
];
const DATES: readonly Field[] = [
  { name: "date_from", type: "day" },
  { name: "date_to", type: "day" },
  { name: "now", type: "day" },
];
/** The condition that every event of a question must pass, said apart from those of its parts. */
const OF_ALL: Field = { name: "where", label: "where_all", type: "conditions" };

const trend: readonly Field[] = [
  {
    name: "series",
    type: "items",
    least: 1,
    most: 26,
    fields: [
      EVENT,
      { name: "math", type: "choice", options: MATHS, usual: "total" },
      { name: "property", type: "property", required: true, when: (one) => OF_PROPERTY.includes(String(one.math)) },
      CONDITIONS,
      { name: "name", type: "text", folded: true },
    ],
  },
  { name: "interval", type: "choice", options: ["minute", ...INTERVALS], usual: "day" },
  { name: "compare_to", type: "compare" },
  BREAKDOWN,
  { name: "formulas", type: "texts", folded: true },
  { name: "cumulative", type: "flag", folded: true },
  { name: "smoothing", type: "number", least: 1, most: 100, usual: 1, folded: true },
];

const viewIs = (...types: string[]) => (view: Document) => types.includes(String(view.type));
const funnel: readonly Field[] = [
  {
    name: "steps",
    type: "items",
    least: 2,
    most: 32,
    fields: [
      EVENT,
      CONDITIONS,
      { name: "first_time", type: "choice", options: ["by_name", "matching"], folded: true },
      { name: "name", type: "text", folded: true },
    ],
  },
  { name: "window", type: "duration", usual: { amount: 14, unit: "day" } },
  { name: "order", type: "choice", options: ["ordered", "unordered", "strict"], usual: "ordered" },
  {
    name: "strict_mode",
    type: "choice",
    options: ["adjacent", "no_foreign_events"],
    usual: "adjacent",
    when: (whole) => whole.order === "strict",
  },
  BREAKDOWN,
  {
    name: "attribution",
    type: "choice",
    options: ["first_touch", "last_touch", "all_events", "step"],
    usual: "first_touch",
    when: (whole) => whole.breakdown !== undefined,
  },
  { name: "step", type: "number", least: 1, most: 32, required: true, when: (whole) => whole.attribution === "step" },
  {
    name: "view",
    type: "part",
    fields: [
      { name: "type", type: "choice", options: ["steps", "over_time", "time_to_convert"], usual: "steps" },
      { ...LONG_INTERVAL, when: viewIs("over_time") },
      { name: "from_step", type: "number", least: 1, most: 31, when: viewIs("over_time", "time_to_convert") },
      { name: "to_step", type: "number", least: 2, most: 32, when: viewIs("over_time", "time_to_convert") },
      { name: "bins", type: "number", least: 1, most: 1000, when: viewIs("time_to_convert") },
    ],
  },
  {
    name: "exclusions",
    type: "items",
    least: 0,
    most: 31,
    folded: true,
    fields: [
      EVENT,
      CONDITIONS,
      { name: "from_step", type: "number", least: 1, most: 31, folded: true },
      { name: "to_step", type: "number", least: 2, most: 32, folded: true },
    ],
  },
  { name: "hold_constant", type: "properties", folded: true },
  { name: "require_increasing_time", type: "flag", folded: true, when: (whole) => whole.order !== "unordered" },
  { name: "same_event_may_fill_steps", type: "flag", folded: true },
];

const retention: readonly Field[] = [
  { name: "target", type: "part", fields: [EVENT, CONDITIONS] },
  { name: "returning", type: "part", fields: [EVENT, CONDITIONS] },
  { name: "period", type: "choice", options: INTERVALS, usual: "day" },
  { name: "intervals", type: "number", least: 1, most: 100, usual: 8 },
  { name: "mode", type: "choice", options: ["recurring", "first_time"], usual: "recurring" },
  BREAKDOWN,
  { name: "cumulative", type: "flag", folded: true },
  { name: "min_occurrences", type: "number", least: 1, most: 1_000_000, usual: 1, folded: true },
  {
    name: "measure",
    type: "part",
    optional: true,
    folded: true,
    fields: [
      { name: "math", type: "choice", options: ["sum", "avg", "per_person"], required: true },
      { name: "property", type: "property", required: true },
    ],
  },
];

const paths: readonly Field[] = [
  { name: "start", type: "text" },
  { name: "end", type: "text" },
  { name: "step_limit", type: "number", least: 2, most: 20, usual: 5 },
  { name: "edge_limit", type: "number", least: 1, most: 1000, usual: 50 },
  { name: "count", type: "choice", options: ["trips", "people"], usual: "trips" },
  {
    name: "items",
    type: "items",
    least: 0,
    most: 20,
    folded: true,
    fields: [EVENT, { name: "take", type: "property" }, { name: "except_events", type: "texts", folded: true }],
  },
  { name: "exclude_items", type: "texts", folded: true },
  { name: "group", type: "texts", folded: true },
  { name: "ignore_trailing_slash", type: "flag", usual: true, folded: true },
];

const lifecycle: readonly Field[] = [EVENT, INTERVAL];

const stickiness: readonly Field[] = [
  EVENT,
  INTERVAL,
  { name: "interval_count", type: "number", least: 1, most: 1000, usual: 1 },
  {
    name: "per_interval",
    type: "part",
    optional: true,
    fields: [
      { name: "op", type: "choice", options: ["gte", "lte", "eq"], usual: "gte" },
      { name: "value", type: "number", least: 1, most: 1_000_000, usual: 1 },
    ],
  },
  { name: "cumulative", type: "flag" },
];

const distribution: readonly Field[] = [
  EVENT,
  { name: "math", type: "choice", options: ["count", "sum", "avg", "min", "max"], usual: "count" },
  { name: "property", type: "property", required: true, when: (whole) => !["count", "undefined"].includes(String(whole.math)) },
  { name: "bins", type: "bins" },
  LONG_INTERVAL,
  BREAKDOWN,
];

const interval: readonly Field[] = [
  { name: "from", type: "part", fields: [EVENT, CONDITIONS] },
  { name: "to", type: "part", fields: [EVENT, CONDITIONS] },
  { name: "limit", type: "duration", usual: { amount: 1, unit: "day" } },
  LONG_INTERVAL,
  BREAKDOWN,
];

const attribution: readonly Field[] = [
  {
    name: "touch",
    type: "part",
    fields: [EVENT, { name: "channel", type: "property", required: true }, CONDITIONS],
  },
  { name: "goal", type: "part", fields: [EVENT, { name: "value", type: "property" }, CONDITIONS] },
  { name: "window", type: "duration", usual: { amount: 30, unit: "day" } },
  { name: "model", type: "choices", options: MODELS },
  { name: "half_life", type: "duration", usual: { amount: 7, unit: "day" }, folded: true },
  { name: "direct", type: "texts", folded: true },
  { name: "channel_limit", type: "number", least: 1, most: 12, usual: 12, folded: true },
];

const session: readonly Field[] = [
  EVENT,
  INTERVAL,
  BREAKDOWN,
  { name: "limit", type: "number", least: 1, most: 1000, usual: 25, folded: true },
];

const ltv: readonly Field[] = [
  { name: "acquired", type: "part", fields: [EVENT, CONDITIONS] },
  { name: "revenue", type: "part", fields: [EVENT, { name: "property", type: "property", usual: "$amount" }, CONDITIONS] },
  { name: "cohort", type: "choice", options: ["day", "week", "month", "quarter", "year"], usual: "month" },
  { name: "days", type: "numbers" },
];

const heatMap: readonly Field[] = [
  EVENT,
  { name: "page", type: "text" },
  {
    name: "scroll",
    type: "part",
    optional: true,
    fields: [EVENT, { name: "property", type: "property", usual: "$scroll_depth" }, CONDITIONS],
  },
  { name: "grid", type: "number", least: 1, most: 100, usual: 10, folded: true },
  { name: "limit", type: "number", least: 1, most: 1000, usual: 50, folded: true },
  { name: "x", type: "property", usual: "$x", folded: true },
  { name: "y", type: "property", usual: "$y", folded: true },
];

const rfm: readonly Field[] = [
  EVENT,
  { name: "value", type: "property", usual: "$amount" },
  { name: "groups", type: "choice", options: ["ten", "eight"], usual: "ten" },
  { name: "bins", type: "number", least: 2, most: 10, usual: 5 },
  { name: "compare_to", type: "day" },
  {
    name: "thresholds",
    type: "part",
    optional: true,
    folded: true,
    fields: [
      { name: "recency", type: "numbers" },
      { name: "frequency", type: "numbers" },
      { name: "value", type: "numbers" },
    ],
  },
];

const engagement: readonly Field[] = [
  {
    name: "weights",
    type: "items",
    least: 1,
    most: 50,
    fields: [EVENT, { name: "weight", type: "number", least: 0, most: 100_000, required: true }, CONDITIONS],
  },
  { name: "half_life", type: "duration", usual: { amount: 7, unit: "day" } },
  { name: "buckets", type: "number", least: 1, most: 100, usual: 10 },
];

const OWN: Record<Kind, readonly Field[]> = {
  trend, funnel, retention, paths, lifecycle, stickiness, distribution, interval, attribution, session, ltv,
  heat_map: heatMap, rfm, engagement,
}; // prettier-ignore

/** The kinds in the order in which people come to need them. */
export const ORDER: readonly Kind[] = [
  "trend", "funnel", "retention", "paths", "lifecycle", "stickiness", "distribution", "interval", "session",
  "attribution", "ltv", "rfm", "engagement", "heat_map",
]; // prettier-ignore

/** The fields of a kind that the form draws. */
export function fieldsOf(kind: Kind): readonly Field[] {
  return [...OWN[kind], OF_ALL, ...SHARED];
}

/** All fields that a question of a kind may have. */
export function allFields(kind: Kind): readonly Field[] {
  return [...fieldsOf(kind), ...DATES];
}
