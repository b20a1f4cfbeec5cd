import type { FunnelAnswer, FunnelFigures, FunnelStepAnswer, Group } from "../answers";
import { lengthOfTime, periods } from "../figures";
import type { Chart, FunnelStep, Headline, Table, TableCell, Talk, View } from "../model";
import { eventName, groupName, inGroup, MOST_DRAWN, partialAtEnd, text } from "./groups";

/** A funnel in the view that was asked for: its steps, its rate over time, or how long it took. */
export function funnelView(answer: FunnelAnswer, _: unknown, talk: Talk): View {
  const groups: readonly [Group | null, FunnelFigures][] = [
    [null, answer],
    ...(answer.by_breakdown ?? []).map((group): [Group, FunnelFigures] => [group, group]),
  ];
  const title = (group: Group | null) => (group === null ? talk.say("everybody") : groupName(group, talk));
  return {
    headlines: headlines(answer, talk),
    charts: charts(answer, groups, talk),
    tables: groups.map(([group, figures]) => tableOf(figures, group, title(group), talk)),
  };
}

function headlines(answer: FunnelFigures, talk: Talk): Headline[] {
  const first = answer.steps?.[0];
  const last = answer.steps?.at(-1);
  if (answer.bins !== undefined) {
    return [
      { label: talk.say("average_time"), value: answer.average_seconds ?? null, form: "seconds" },
      { label: talk.say("median_time"), value: answer.median_seconds ?? null, form: "seconds" },
    ];
  }
  if (first === undefined || last === undefined) return [];
  return [
    { label: talk.say("entered"), value: first.count, form: "count", cell: { step: 1 } },
    { label: talk.say("converted"), value: last.count, form: "count", cell: { step: answer.steps?.length ?? 1 } },
    { label: talk.say("conversion"), value: last.conversion_rate, form: "share" },
  ];
}

function charts(answer: FunnelAnswer, groups: readonly [Group | null, FunnelFigures][], talk: Talk): Chart[] {
  const title = talk.say("kind.funnel");
  if (answer.over_time) return [overTime(answer, groups, title, talk)];
  if (answer.bins) {
    const labels = answer.bins.map((bin) => lengthOfTime(bin.from_seconds, talk));
    const points = answer.bins.map((bin, place) => ({ value: bin.count, cell: { bin: place } }));
    return [{ type: "bars", title, labels, series: [{ name: talk.say("people"), points }], form: "count" }];
  }
  const steps = answer.steps ?? [];
  const whole: Chart = { type: "funnel", title, steps: steps.map((step, place) => stepOf(step, steps[place - 1], place, talk)) };
  return groups.length === 1 ? [whole] : [whole, compared(groups.slice(1, MOST_DRAWN + 1), talk)];
}

function stepOf(step: FunnelStepAnswer, before: FunnelStepAnswer | undefined, place: number, talk: Talk): FunnelStep {
  const took = step.median_seconds;
  return {
    name: eventName(step.name, talk),
    reached: { value: step.count, cell: { step: place + 1 } },
    dropped: before ? { value: before.count - step.count, cell: { step: place + 1, dropped: true } } : { value: 0 },
    rate: step.conversion_rate,
    took: took === null ? "" : lengthOfTime(took, talk),
  };
}

/** The groups beside each other, step by step, by their rate: their sizes differ, and the rate is what compares. */
function compared(groups: readonly [Group | null, FunnelFigures][], talk: Talk): Chart {
  const steps = groups[0]?.[1].steps ?? [];
  return {
    type: "bars",
    title: talk.say("by_group"),
    labels: steps.map((step) => eventName(step.name, talk)),
    series: groups.flatMap(([group, figures]) =>
      group === null
        ? []
        : [
            {
              name: groupName(group, talk),
              points: (figures.steps ?? []).map((step, place) => ({
                value: step.conversion_rate,
                cell: inGroup({ step: place + 1 }, group),
              })),
            },
          ],
    ),
    form: "share",
  };
}

function overTime(answer: FunnelAnswer, groups: readonly [Group | null, FunnelFigures][], title: string, talk: Talk): Chart {
  const whole = answer.over_time ?? [];
  const drawn = groups.length === 1 ? groups : groups.slice(1, MOST_DRAWN + 1);
  return {
    type: "lines",
    title,
    labels: periods(whole.map((one) => one.period), talk),
    series: drawn.map(([group, figures]) => ({
      name: group === null ? talk.say("conversion") : groupName(group, talk),
      points: (figures.over_time ?? []).map((one, place) => ({
        value: one.conversion_percent / 100,
        cell: inGroup({ period: place, figure: "converted" }, group),
      })),
    })),
    form: "share",
    partial: partialAtEnd(whole),
  };
}

function tableOf(figures: FunnelFigures, group: Group | null, title: string, talk: Talk): Table {
  const { say } = talk;
  if (figures.over_time) {
    const labels = periods(figures.over_time.map((one) => one.period), talk);
    const rows = figures.over_time.map((one, place): TableCell[] => [
      { value: labels[place] ?? one.period, form: "text", partial: one.partial },
      { value: one.entered, form: "count", cell: inGroup({ period: place, figure: "entered" }, group) },
      { value: one.converted, form: "count", cell: inGroup({ period: place, figure: "converted" }, group) },
      { value: one.conversion_percent / 100, form: "share" },
    ]);
    return { title, columns: [say("column.period"), say("entered"), say("converted"), say("conversion")], rows };
  }
  if (figures.bins) {
    const rows = figures.bins.map((bin, place): TableCell[] => [
      text(`${lengthOfTime(bin.from_seconds, talk)} – ${lengthOfTime(bin.to_seconds, talk)}`),
      { value: bin.count, form: "count", cell: inGroup({ bin: place }, group) },
    ]);
    return { title, columns: [say("column.time"), say("people")], rows };
  }
  return stepsTable(figures.steps ?? [], group, title, talk);
}

function stepsTable(steps: readonly FunnelStepAnswer[], group: Group | null, title: string, talk: Talk): Table {
  const { say } = talk;
  const rows = steps.map((step, place): TableCell[] => [
    text(`${place + 1}. ${eventName(step.name, talk)}`),
    { value: step.count, form: "count", cell: inGroup({ step: place + 1 }, group) },
    { value: step.conversion_rate, form: "share", heat: step.conversion_rate },
    { value: step.step_rate, form: "share" },
    place === 0
      ? { value: null, form: "count" }
      : {
          value: (steps[place - 1]?.count ?? 0) - step.count,
          form: "count",
          cell: inGroup({ step: place + 1, dropped: true }, group),
        },
    { value: step.median_seconds, form: "seconds" },
    { value: step.average_seconds, form: "seconds" },
  ]);
  const columns = [
    say("column.step"), say("people"), say("column.of_first"), say("column.of_before"),
    say("dropped"), say("median_time"), say("average_time"),
  ]; // prettier-ignore
  return { title, columns, rows };
}
