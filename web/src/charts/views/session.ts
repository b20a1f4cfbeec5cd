import type { SessionAnswer, SessionFigures, SessionPage } from "../answers";
import { periods } from "../figures";
import type { Chart, Form, Table, TableCell, Talk, View } from "../model";
import { groupName, inGroup, partialAtEnd, text } from "./groups";

const FIGURES: readonly [keyof SessionFigures, Form][] = [
  ["sessions", "count"],
  ["people", "count"],
  ["average_seconds", "seconds"],
  ["median_seconds", "seconds"],
  ["average_events", "number"],
  ["average_pages", "number"],
  ["bounce_rate", "share"],
];
const DRAWN_PAGES = 10;

/** Sessions over time, how long and how deep they were, and where they began and ended. */
export function sessionView(answer: SessionAnswer, _: unknown, talk: Talk): View {
  const { say } = talk;
  const labels = periods(answer.periods.map((one) => one.start), talk);
  const counts = (["sessions", "people"] as const).map((name) => ({
    name: say(`${name}`),
    points: answer.periods.map((one, period) => ({ value: one[name], cell: { period } })),
  }));
  return {
    headlines: FIGURES.map(([name, form]) => ({
      label: say(`${name}`),
      value: answer.total[name],
      form,
      ...(name === "people" && { cell: { period: null } }),
    })),
    charts: [
      { type: "lines", title: say("kind.session"), labels, series: counts, form: "count", partial: partialAtEnd(answer.periods) },
      ...(["entry_pages", "exit_pages"] as const).filter((name) => answer[name].length).map((name) => pagesChart(answer[name], say(`${name}`), talk)),
    ],
    tables: tables(answer, labels, talk),
  };
}

function tables(answer: SessionAnswer, labels: readonly string[], talk: Talk): Table[] {
  const { say } = talk;
  const named = FIGURES.map(([name]) => say(`${name}`));
  return [
    ...(answer.by_breakdown
      ? [
          {
            title: say("by_group"),
            columns: [say("column.group"), ...named],
            rows: answer.by_breakdown.map((group) => [
              text(groupName(group, talk)),
              ...figuresOf(group.total, inGroup({ period: null }, group)),
            ]),
          },
        ]
      : []),
    {
      title: say("by_period"),
      columns: [say("column.period"), ...named],
      rows: answer.periods.map((one, period) => [
        { value: labels[period] ?? one.start, form: "text", partial: one.partial },
        ...figuresOf(one, { period }),
      ]),
    },
  ];
}

function figuresOf(of: SessionFigures, cell: Readonly<Record<string, unknown>>): TableCell[] {
  return FIGURES.map(([name, form]) => ({ value: of[name], form, ...(name === "people" && { cell }) }));
}

function pagesChart(pages: readonly SessionPage[], title: string, talk: Talk): Chart {
  const drawn = pages.slice(0, DRAWN_PAGES);
  return {
    type: "bars",
    title,
    labels: drawn.map((one) => one.page ?? talk.say("group.other")),
    series: [{ name: talk.say("sessions"), points: drawn.map((one) => ({ value: one.sessions })) }],
    form: "count",
    lying: true,
  };
}
