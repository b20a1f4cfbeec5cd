import type { AskKey } from "@/words/ask";
import type { RfmAnswer } from "../answers";
import type { Chart, Table, TableCell, Talk, View } from "../model";
import { text } from "./groups";

/** The groups by size, the grid of recency and frequency, and who moved where. */
export function rfmView(answer: RfmAnswer, question: { readonly bins: number }, talk: Talk): View {
  return {
    headlines: [{ label: talk.say("people"), value: answer.people, form: "count" }],
    charts: [groupBars(answer, talk), grid(answer, question.bins, talk)],
    tables: [groupTable(answer, talk), cellTable(answer, talk), ...(answer.movement ? [movementTable(answer.movement, talk)] : [])],
  };
}

/** A group's name in the page's language: one of ten, or three scores that are high or low. */
export function rfmGroupName(name: string | null, talk: Talk): string {
  if (name === null) return talk.say("rfm.absent");
  const levels = name.split("_");
  if (levels.length === 3 && levels.every((level) => level === "high" || level === "low")) {
    return levels.map((level) => talk.say(level === "high" ? "rfm.high" : "rfm.low")).join(" · ");
  }
  return talk.say(`rfm.${name}` as AskKey);
}

function groupBars(answer: RfmAnswer, talk: Talk): Chart {
  return {
    type: "bars",
    title: talk.say("rfm_groups"),
    labels: answer.groups.map((group) => rfmGroupName(group.name, talk)),
    series: [
      {
        name: talk.say("people"),
        points: answer.groups.map((group) => ({ value: group.people, cell: { group: group.name } })),
      },
    ],
    form: "count",
    lying: true,
  };
}

/** People by recency and frequency, whatever their value; who lately and often comes stands at the top right. */
function grid(answer: RfmAnswer, bins: number, talk: Talk): Chart {
  const scores = Array.from({ length: bins }, (_, place) => place + 1);
  const people = (recency: number, frequency: number) =>
    answer.cells
      .filter((cell) => cell.recency === recency && cell.frequency === frequency)
      .reduce((sum, cell) => sum + cell.people, 0);
  return {
    type: "heat",
    title: talk.say("rfm_grid"),
    across: scores.map((score) => `${talk.say("recency")} ${score}`),
    down: scores.map((score) => `${talk.say("frequency")} ${bins + 1 - score}`),
    spots: scores.flatMap((recency, x) =>
      scores.map((frequency) => ({ x, y: bins - frequency, value: people(recency, frequency) })),
    ),
    form: "count",
  };
}

function groupTable(answer: RfmAnswer, talk: Talk): Table {
  const { say } = talk;
  const columns = [
    say("column.group"), say("people"), say("share"), say("average_recency"),
    say("average_frequency"), say("average_value"), say("sum_value"),
  ]; // prettier-ignore
  return {
    title: say("rfm_groups"),
    columns,
    rows: answer.groups.map((group): TableCell[] => [
      text(rfmGroupName(group.name, talk)),
      { value: group.people, form: "count", cell: { group: group.name } },
      { value: group.share, form: "share", heat: group.share },
      { value: group.average_recency_days, form: "number" },
      { value: group.average_frequency, form: "number" },
      { value: group.average_value, form: "number" },
      { value: group.sum_value, form: "number" },
    ]),
  };
}

function cellTable(answer: RfmAnswer, talk: Talk): Table {
  const { say } = talk;
  return {
    title: say("rfm_scores"),
    columns: [say("recency"), say("frequency"), say("value"), say("people")],
    rows: answer.cells.map(({ people, ...scores }): TableCell[] => [
      text(String(scores.recency)),
      text(String(scores.frequency)),
      text(String(scores.value)),
      { value: people, form: "count", cell: scores },
    ]),
  };
}

function movementTable(movement: NonNullable<RfmAnswer["movement"]>, talk: Talk): Table {
  const { say } = talk;
  return {
    title: say("movement"),
    columns: [say("column.from"), say("column.to"), say("people")],
    rows: movement.map((one): TableCell[] => [
      text(rfmGroupName(one.from, talk)),
      text(rfmGroupName(one.to, talk)),
      { value: one.people, form: "count", cell: { from: one.from, to: one.to } },
    ]),
  };
}
