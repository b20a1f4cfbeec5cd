import type { AttributionAnswer } from "../answers";
import type { Bars, Cell, Table, TableCell, Talk, View } from "../model";
import { text } from "./groups";

const MODELS = ["first", "last", "last_non_direct", "linear", "position", "time_decay", "markov", "shapley"] as const;
type Model = (typeof MODELS)[number];
type Channel = AttributionAnswer["channels"][number];

/** What each channel brought, model beside model. */
export function attributionView(answer: AttributionAnswer, _: unknown, talk: Talk): View {
  const { say } = talk;
  const models = MODELS.filter((model) => answer.channels[0]?.goals[model] !== undefined);
  const worth = answer.value !== null;
  return {
    headlines: [
      { label: say("goals"), value: answer.goals, form: "count" },
      { label: say("people"), value: answer.people, form: "count" },
      ...(worth ? [{ label: say("value"), value: answer.value, form: "number" as const }] : []),
    ],
    charts: answer.channels.length ? [barsOf(answer, models, worth ? "value" : "goals", talk)] : [],
    tables: [
      tableOf(answer, models, "goals", talk),
      ...(worth ? [tableOf(answer, models, "value", talk)] : []),
    ],
  };
}

function nameOf(channel: Channel, talk: Talk): string {
  if (channel.kind === "other") return talk.say("group.other");
  return channel.kind === "none" ? talk.say("no_touch") : channel.channel;
}

function cellOf(channel: Channel): Cell {
  return channel.kind === "value" ? { channel: channel.channel } : { channel: channel.channel, kind: channel.kind };
}

function barsOf(answer: AttributionAnswer, models: readonly Model[], of: "goals" | "value", talk: Talk): Bars {
  return {
    type: "bars",
    title: talk.say("kind.attribution"),
    labels: answer.channels.map((channel) => nameOf(channel, talk)),
    series: models.map((model) => ({
      name: talk.say(`option.${model}`),
      points: answer.channels.map((channel) => ({ value: channel[of]?.[model] ?? null, cell: cellOf(channel) })),
    })),
    form: "number",
  };
}

function tableOf(answer: AttributionAnswer, models: readonly Model[], of: "goals" | "value", talk: Talk): Table {
  const { say } = talk;
  const whole = (of === "goals" ? answer.goals : answer.value) || 1;
  return {
    title: say(`${of}`),
    columns: [say("column.channel"), say("touches"), ...models.map((model) => say(`option.${model}`))],
    rows: answer.channels.map((channel): TableCell[] => [
      text(nameOf(channel, talk)),
      { value: channel.touches, form: "count", cell: cellOf(channel) },
      ...models.map((model): TableCell => {
        const credit = channel[of]?.[model] ?? null;
        return { value: credit, form: "number", heat: (credit ?? 0) / whole };
      }),
    ]),
  };
}
