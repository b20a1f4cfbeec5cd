import type { Group, IntervalAnswer, IntervalFigures, IntervalWithPeriods } from "../answers";
import { periods } from "../figures";
import type { Boxes, Cell, Table, TableCell, Talk, View } from "../model";
import { groupName, inGroup, MOST_DRAWN, text } from "./groups";

type Box = readonly [number, number, number, number, number];

interface Row {
  readonly name: string;
  readonly figures: IntervalFigures;
  readonly cell: Cell;
  readonly partial?: boolean;
}

/** How long it takes from one event to the other: a box for each period or group, or one for all. */
export function intervalView(answer: IntervalAnswer, _: unknown, talk: Talk): View {
  const { say } = talk;
  const groups = answer.by_breakdown ?? [];
  const whole: Row = { name: say("everybody"), figures: answer, cell: { period: null } };
  const byPeriod = periodRows(answer, null, talk);
  const byGroup = groups.map((group): Row => ({
    name: groupName(group, talk),
    figures: group,
    cell: inGroup({ period: null }, group),
  }));
  const drawn = byGroup.length ? byGroup.slice(0, MOST_DRAWN) : byPeriod.length ? byPeriod : [whole];
  return {
    headlines: [
      { label: say("pairs"), value: answer.count, form: "count", cell: whole.cell },
      { label: say("people"), value: answer.people, form: "count", cell: whole.cell },
      { label: say("median_time"), value: answer.median_seconds, form: "seconds" },
      { label: say("average_time"), value: answer.average_seconds, form: "seconds" },
    ],
    charts: answer.count ? [boxesOf(drawn, talk)] : [],
    tables: [
      tableOf([whole, ...byGroup], say("everybody"), talk),
      ...(byPeriod.length ? [tableOf(byPeriod, say("by_period"), talk)] : []),
      ...groups.filter((group) => group.periods.length).map((group) => tableOf(periodRows(group, group, talk), groupName(group, talk), talk)),
    ],
  };
}

function periodRows(of: IntervalWithPeriods, group: Group | null, talk: Talk): Row[] {
  const labels = periods(of.periods.map((one) => one.start), talk);
  return of.periods.map((figures, period) => ({
    name: labels[period] ?? figures.start,
    figures,
    cell: inGroup({ period }, group),
    partial: figures.partial,
  }));
}

function boxOf(of: IntervalFigures): Box | null {
  const [least, low, middle, high, most] = [
    of.minimum_seconds, of.p25_seconds, of.median_seconds, of.p75_seconds, of.maximum_seconds,
  ]; // prettier-ignore
  if (least == null || low == null || middle == null || high == null || most == null) return null;
  return [least, low, middle, high, most];
}

function boxesOf(rows: readonly Row[], talk: Talk): Boxes {
  const known = rows.flatMap((row) => {
    const box = boxOf(row.figures);
    return box === null ? [] : [{ row, box }];
  });
  return {
    type: "boxes",
    title: talk.say("kind.interval"),
    labels: known.map(({ row }) => row.name),
    boxes: known.map(({ box }) => box),
    cells: known.map(({ row }) => row.cell),
    form: "seconds",
  };
}

const TIMES = [
  "minimum_seconds", "p25_seconds", "median_seconds", "average_seconds", "p75_seconds", "maximum_seconds",
] as const; // prettier-ignore

function tableOf(rows: readonly Row[], title: string, talk: Talk): Table {
  const { say } = talk;
  return {
    title,
    columns: ["", say("pairs"), say("people"), ...TIMES.map((name) => say(`${name}`))],
    rows: rows.map((row): TableCell[] => [
      { ...text(row.name), partial: row.partial ?? false },
      { value: row.figures.count, form: "count", cell: row.cell },
      { value: row.figures.people, form: "count", cell: row.cell },
      ...TIMES.map((name): TableCell => ({ value: row.figures[name], form: "seconds" })),
    ]),
  };
}
