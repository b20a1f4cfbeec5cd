import type { LtvAnswer } from "../answers";
import { periods } from "../figures";
import type { TableCell, Talk, View } from "../model";
import { text } from "./groups";

/** What people are worth by so many days after they came, a line for each cohort. */
export function ltvView(answer: LtvAnswer, question: { readonly days: readonly number[] }, talk: Talk): View {
  const { say } = talk;
  const labels = periods(answer.rows.map((row) => row.start), talk);
  const days = question.days.map((n) => say("time.days", { n }));
  const most = Math.max(1e-9, ...answer.rows.flatMap((row) => row.values.map((value) => value ?? 0)));
  const known = answer.rows.flatMap((row, place) => (row.people ? [{ row, place }] : []));
  return {
    headlines: [{ label: say("acquired"), value: answer.rows.reduce((sum, row) => sum + row.people, 0), form: "count" }],
    charts: [
      {
        type: "lines",
        title: say("kind.ltv"),
        labels: days,
        series: known.map(({ row, place }) => ({
          name: labels[place] ?? row.start,
          points: row.values.map((value, column) => ({ value, cell: { row: place, column } })),
        })),
        form: "number",
        partial: 0,
      },
    ],
    tables: [
      {
        title: say("per_person"),
        columns: [say("column.cohort"), say("people"), ...days],
        rows: answer.rows.map((row, place): TableCell[] => [
          text(labels[place] ?? row.start),
          { value: row.people, form: "count", cell: { row: place, column: null } },
          ...row.values.map((value, column): TableCell => ({
            value,
            form: "number",
            cell: { row: place, column },
            heat: (value ?? 0) / most,
          })),
        ]),
      },
    ],
  };
}
