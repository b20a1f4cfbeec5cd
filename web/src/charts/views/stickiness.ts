import type { StickinessAnswer } from "../answers";
import type { TableCell, Talk, View } from "../model";
import { text } from "./groups";

/** How many people were active in how many of the intervals. */
export function stickinessView(answer: StickinessAnswer, _: unknown, talk: Talk): View {
  const { say } = talk;
  const labels = answer.counts.map((__, place) => String(place + 1));
  const most = Math.max(1, ...answer.counts);
  return {
    headlines: [
      { label: say("active_once"), value: answer.counts[0] ?? null, form: "count", cell: { intervals: 1 } },
      {
        label: say("active_always"),
        value: answer.counts.at(-1) ?? null,
        form: "count",
        cell: { intervals: answer.counts.length },
      },
    ],
    charts: [
      {
        type: "bars",
        title: say("kind.stickiness"),
        labels,
        series: [
          {
            name: say("people"),
            points: answer.counts.map((value, place) => ({ value, cell: { intervals: place + 1 } })),
          },
        ],
        form: "count",
      },
    ],
    tables: [
      {
        title: say("kind.stickiness"),
        columns: [say("column.intervals"), say("people")],
        rows: answer.counts.map((value, place): TableCell[] => [
          text(labels[place] ?? ""),
          { value, form: "count", cell: { intervals: place + 1 }, heat: value / most },
        ]),
      },
    ],
  };
}
