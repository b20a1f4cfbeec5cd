import type { Group, RetentionAnswer, RetentionRow } from "../answers";
import { periods } from "../figures";
import type { Chart, Heat, Lines, Table, TableCell, Talk, View } from "../model";
import { groupName, inGroup, MOST_DRAWN, text } from "./groups";

/** Retention as a heat map of cohorts, the curve of all of them together, and a table with the people of each cell. */
export function retentionView(answer: RetentionAnswer, _: unknown, talk: Talk): View {
  const groups = answer.by_breakdown ?? [];
  const title = talk.say("everybody");
  return {
    headlines: [
      { label: talk.say("people_in_cohorts"), value: sizeOf(answer.rows), form: "count" },
      { label: talk.say("back_after_one"), value: curve(answer.rows)[1] ?? null, form: "share" },
    ],
    charts: [heatOf(answer.rows, talk), curves(answer, talk)],
    tables: [
      tableOf(answer.rows, null, title, talk),
      ...groups.map((group) => tableOf(group.rows, group, groupName(group, talk), talk)),
      ...(answer.rows.some((row) => row.measures) ? [measuresOf(answer.rows, talk)] : []),
    ],
  };
}

function sizeOf(rows: readonly RetentionRow[]): number {
  return rows.reduce((sum, row) => sum + (row.values[0] ?? 0), 0);
}

/**
 * The share that came back in each column, of all cohorts whose period there is over: a period that still runs would
 * pull the end of the curve down.
 */
export function curve(rows: readonly RetentionRow[]): (number | null)[] {
  const width = Math.max(0, ...rows.map((row) => row.values.length));
  return Array.from({ length: width }, (_, column) => {
    const over = rows.filter((row) => column < row.values.length && (column === 0 || !row.partial[column]));
    const people = sizeOf(over);
    return people === 0 ? null : over.reduce((sum, row) => sum + (row.values[column] ?? 0), 0) / people;
  });
}

function heatOf(rows: readonly RetentionRow[], talk: Talk): Heat {
  const width = Math.max(0, ...rows.map((row) => row.values.length));
  return {
    type: "heat",
    title: talk.say("kind.retention"),
    across: Array.from({ length: width }, (_, column) => String(column)),
    down: periods(rows.map((row) => row.start), talk),
    spots: rows.flatMap((row, y) =>
      row.values.flatMap((value, x) => {
        const size = row.values[0] ?? 0;
        return size === 0 ? [] : [{ x, y, value: value / size, cell: { row: y, column: x } }];
      }),
    ),
    form: "share",
  };
}

function curves(answer: RetentionAnswer, talk: Talk): Chart {
  const groups = answer.by_breakdown?.slice(0, MOST_DRAWN) ?? [];
  const line = (name: string, rows: readonly RetentionRow[]) => ({ name, points: curve(rows).map((value) => ({ value })) });
  const series = groups.length
    ? groups.map((group) => line(groupName(group, talk), group.rows))
    : [line(talk.say("everybody"), answer.rows)];
  const lines: Lines = {
    type: "lines",
    title: talk.say("retention_curve"),
    labels: (series[0]?.points ?? []).map((__, column) => String(column)),
    series,
    form: "share",
    partial: 0,
  };
  return lines;
}

function tableOf(rows: readonly RetentionRow[], group: Group | null, title: string, talk: Talk): Table {
  const labels = periods(rows.map((row) => row.start), talk);
  const width = Math.max(0, ...rows.map((row) => row.values.length));
  return {
    title,
    columns: [talk.say("column.cohort"), ...Array.from({ length: width }, (_, column) => String(column))],
    rows: rows.map((row, place): TableCell[] => [
      text(labels[place] ?? row.start),
      ...row.values.map((value, column): TableCell => ({
        value,
        form: "count",
        cell: inGroup({ row: place, column }, group),
        partial: row.partial[column] ?? false,
        ...(column > 0 && row.values[0] ? { heat: value / row.values[0] } : {}),
      })),
    ]),
  };
}

function measuresOf(rows: readonly RetentionRow[], talk: Talk): Table {
  const labels = periods(rows.map((row) => row.start), talk);
  const width = Math.max(0, ...rows.map((row) => row.values.length));
  return {
    title: talk.say("measure"),
    columns: [talk.say("column.cohort"), ...Array.from({ length: width }, (_, column) => String(column))],
    rows: rows.map((row, place): TableCell[] => [
      text(labels[place] ?? row.start),
      ...(row.measures ?? []).map((value): TableCell => ({ value, form: "number" })),
    ]),
  };
}
