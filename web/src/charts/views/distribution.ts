import type { DistributionAnswer, DistributionPeriod, Group } from "../answers";
import { number, periods as labelled } from "../figures";
import type { Chart, Table, TableCell, Talk, View } from "../model";
import { groupName, inGroup, MOST_DRAWN } from "./groups";

type Bin = DistributionAnswer["bins"][number];

/** How people's figures are spread: bars for one period, a heat map of periods and bins for several. */
export function distributionView(answer: DistributionAnswer, question: { readonly math: string }, talk: Talk): View {
  const groups = answer.by_breakdown ?? [];
  const bins = answer.bins.map((bin) => binName(bin, question.math === "count" ? "whole" : "any", talk));
  const only = answer.periods.length === 1 ? answer.periods[0] : undefined;
  return {
    headlines: only
      ? [
          { label: talk.say("people"), value: only.people, form: "count", cell: { period: 0, bin: null } },
          { label: talk.say("average"), value: only.average, form: "number" },
          { label: talk.say("median"), value: only.median, form: "number" },
        ]
      : [],
    charts: only ? [bars(answer, only, bins, talk)] : [heat(answer, bins, talk), middles(answer, talk)],
    tables: [
      tableOf(answer.periods, bins, null, talk.say("everybody"), talk),
      ...groups.map((group) => tableOf(group.periods, bins, group, groupName(group, talk), talk)),
    ],
  };
}

/** A bin by its bounds; an open end is said by the other. Whole figures end before the next bin: 3 – 5, then 6. */
export function binName(bin: Bin, figures: "whole" | "any", talk: Talk): string {
  if (bin.from === null && bin.to === null) return talk.say("everything");
  if (bin.from === null) return `< ${number(bin.to ?? 0, talk.language)}`;
  if (bin.to === null) return `≥ ${number(bin.from, talk.language)}`;
  const isWhole = figures === "whole" && Number.isInteger(bin.from) && Number.isInteger(bin.to);
  const last = isWhole ? bin.to - 1 : bin.to;
  const from = number(bin.from, talk.language);
  return last === bin.from ? from : `${from} – ${number(last, talk.language)}`;
}

function bars(answer: DistributionAnswer, whole: DistributionPeriod, bins: readonly string[], talk: Talk): Chart {
  const groups = answer.by_breakdown?.slice(0, MOST_DRAWN) ?? [];
  const series = (name: string, counts: readonly number[], group: Group | null) => ({
    name,
    points: counts.map((value, bin) => ({ value, cell: inGroup({ period: 0, bin }, group) })),
  });
  return {
    type: "bars",
    title: talk.say("kind.distribution"),
    labels: bins,
    series: groups.length
      ? groups.map((group) => series(groupName(group, talk), group.periods[0]?.counts ?? [], group))
      : [series(talk.say("people"), whole.counts, null)],
    form: "count",
  };
}

function heat(answer: DistributionAnswer, bins: readonly string[], talk: Talk): Chart {
  return {
    type: "heat",
    title: talk.say("kind.distribution"),
    across: labelled(answer.periods.map((one) => one.start), talk),
    down: bins,
    spots: answer.periods.flatMap((one, x) =>
      one.counts.map((value, y) => ({ x, y, value, cell: { period: x, bin: y } })),
    ),
    form: "count",
  };
}

function middles(answer: DistributionAnswer, talk: Talk): Chart {
  return {
    type: "lines",
    title: talk.say("middles"),
    labels: labelled(answer.periods.map((one) => one.start), talk),
    series: (["average", "median"] as const).map((name) => ({
      name: talk.say(`${name}`),
      points: answer.periods.map((one) => ({ value: one[name] })),
    })),
    form: "number",
    partial: 0,
  };
}

function tableOf(
  periods: readonly DistributionPeriod[],
  bins: readonly string[],
  group: Group | null,
  title: string,
  talk: Talk,
): Table {
  const { say } = talk;
  const labels = labelled(periods.map((one) => one.start), talk);
  return {
    title,
    columns: [say("column.period"), say("people"), ...bins, say("average"), say("median")],
    rows: periods.map((one, period): TableCell[] => [
      { value: labels[period] ?? one.start, form: "text", partial: one.partial },
      { value: one.people, form: "count", cell: inGroup({ period, bin: null }, group) },
      ...one.counts.map((value, bin): TableCell => ({
        value,
        form: "count",
        cell: inGroup({ period, bin }, group),
        heat: one.people ? value / one.people : 0,
      })),
      { value: one.average, form: "number" },
      { value: one.median, form: "number" },
    ]),
  };
}
