import type { EngagementAnswer } from "../answers";
import { number } from "../figures";
import type { TableCell, Talk, View } from "../model";
import { eventName, text } from "./groups";

/** How people's scores are spread, and what their points come from. */
export function engagementView(answer: EngagementAnswer, _: unknown, talk: Talk): View {
  const { say } = talk;
  const bound = (value: number) => number(value, talk.language);
  const labels = answer.buckets.map((one) => `${bound(one.from)} – ${bound(one.to)}`);
  const points = answer.buckets.map((one, bucket) => ({ value: one.people, cell: { bucket } }));
  const parts = answer.parts.map((part) => ({ value: part.share }));
  const names = answer.parts.map((part) => eventName(part.name, talk));
  return {
    headlines: [
      { label: say("people"), value: answer.people, form: "count" },
      { label: say("average_points"), value: answer.average_points, form: "number" },
      { label: say("median_points"), value: answer.median_points, form: "number" },
    ],
    charts: [
      { type: "bars", title: say("kind.engagement"), labels, series: [{ name: say("people"), points }], form: "count" },
      { type: "bars", title: say("parts"), labels: names, series: [{ name: say("share"), points: parts }], form: "share", lying: true },
    ],
    tables: [
      {
        title: say("kind.engagement"),
        columns: [say("column.score"), say("people")],
        rows: answer.buckets.map((one, bucket): TableCell[] => [
          text(labels[bucket] ?? ""),
          { value: one.people, form: "count", cell: { bucket }, heat: answer.people ? one.people / answer.people : 0 },
        ]),
      },
      {
        title: say("parts"),
        columns: [say("column.event"), say("share")],
        rows: answer.parts.map((part, place): TableCell[] => [
          text(names[place] ?? ""),
          { value: part.share, form: "share", heat: part.share },
        ]),
      },
    ],
  };
}
