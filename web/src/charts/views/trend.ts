import type { Group, TrendAnswer, TrendSeries } from "../answers";
import { periods } from "../figures";
import type { Cell, Series, Table, TableCell, Talk, View } from "../model";
import { eventName, groupName, inGroup, MOST_DRAWN, partialAtEnd, text } from "./groups";

interface Line {
  readonly name: string;
  readonly of: TrendSeries;
  readonly cell: ((period: number | null) => Cell) | null;
  readonly faint?: boolean;
}

/** A trend as lines, one for each series, group and formula; what it is compared with is drawn dashed. */
export function trendView(answer: TrendAnswer, question: { readonly series: readonly unknown[] }, talk: Talk): View {
  const asked = question.series.length;
  const groups = answer.by_breakdown ?? [];
  const whole = linesOf(answer.series, asked, null, talk);
  const grouped = groups.flatMap((group) => linesOf(group.series, asked, group, talk));
  const before = (answer.previous?.series ?? []).map((of, place) => comparison(of, place, asked, talk));
  const drawn = groups.length > 0 ? grouped.slice(0, MOST_DRAWN) : [...whole, ...before];
  const labels = periods(answer.periods.map((one) => one.start), talk);
  return {
    headlines: [...whole, ...before].slice(0, 6).map((line) => ({
      label: line.name,
      value: line.of.total,
      form: "number",
      ...(line.cell && { cell: line.cell(null) }),
    })),
    charts: [
      {
        type: "lines",
        title: talk.say("kind.trend"),
        labels,
        series: drawn.map(seriesOf),
        form: "number",
        partial: partialAtEnd(answer.periods),
      },
    ],
    tables: [tableOf([...whole, ...before, ...grouped], labels, answer, talk)],
  };
}

function linesOf(series: readonly TrendSeries[], asked: number, group: Group | null, talk: Talk): Line[] {
  return series.map((of, place) => {
    const name = eventName(of.name, talk);
    const named = group === null ? name : series.length > 1 ? `${groupName(group, talk)} · ${name}` : groupName(group, talk);
    // A formula stands behind the series; nobody in particular is behind it.
    const cell = place < asked ? (period: number | null) => inGroup({ series: place, period }, group) : null;
    return { name: named, of, cell };
  });
}

function comparison(of: TrendSeries, place: number, asked: number, talk: Talk): Line {
  const cell = place < asked ? (period: number | null) => ({ series: place, period, of: "previous" }) : null;
  return { name: `${eventName(of.name, talk)} · ${talk.say("before")}`, of, cell, faint: true };
}

function seriesOf(line: Line): Series {
  const points = line.of.values.map((value, period) => ({ value, ...(line.cell && { cell: line.cell(period) }) }));
  return { name: line.name, points, ...(line.faint && { faint: true }) };
}

function tableOf(lines: readonly Line[], labels: readonly string[], answer: TrendAnswer, talk: Talk): Table {
  const rows = lines.map((line): TableCell[] => [
    text(line.name),
    { value: line.of.total, form: "number", ...(line.cell && { cell: line.cell(null) }) },
    ...labels.map((_, period): TableCell => ({
      value: line.of.values[period] ?? null,
      form: "number",
      partial: !line.faint && (answer.periods[period]?.partial ?? false),
      ...(line.cell && { cell: line.cell(period) }),
    })),
  ]);
  return { title: talk.say("by_period"), columns: [talk.say("column.series"), talk.say("total"), ...labels], rows };
}
