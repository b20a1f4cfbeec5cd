import type { LifecycleAnswer } from "../answers";
import { periods } from "../figures";
import type { Series, TableCell, Talk, View } from "../model";

const STATUSES = ["new", "returning", "resurrecting", "dormant"] as const;

/** Who is new, stays, comes back and goes; those who went hang below the line. */
export function lifecycleView(answer: LifecycleAnswer, _: unknown, talk: Talk): View {
  const labels = periods(answer.periods.map((one) => one.start), talk);
  // A day that has just begun makes everybody look dormant: the latest that is over says more.
  const over = answer.periods.findLastIndex((one) => !one.partial);
  const latest = over === -1 ? answer.periods.length - 1 : over;
  const series = STATUSES.map((status): Series => ({
    name: talk.say(`status.${status}`),
    points: answer[status].map((value, period) => ({
      value: status === "dormant" ? -value : value,
      cell: { status, period },
    })),
  }));
  return {
    headlines: STATUSES.map((status) => ({
      label: `${talk.say(`status.${status}`)} · ${labels[latest] ?? ""}`,
      value: answer[status][latest] ?? null,
      form: "count",
      cell: { status, period: latest },
    })),
    charts: [{ type: "bars", title: talk.say("kind.lifecycle"), labels, series, form: "count", stacked: true }],
    tables: [
      {
        title: talk.say("by_period"),
        columns: [talk.say("column.period"), ...STATUSES.map((status) => talk.say(`status.${status}`))],
        rows: answer.periods.map((one, period): TableCell[] => [
          { value: labels[period] ?? one.start, form: "text", partial: one.partial },
          ...STATUSES.map((status): TableCell => ({
            value: answer[status][period] ?? null,
            form: "count",
            cell: { status, period },
          })),
        ]),
      },
    ],
  };
}
