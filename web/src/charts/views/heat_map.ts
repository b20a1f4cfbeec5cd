import type { HeatMapAnswer } from "../answers";
import type { Chart, Table, TableCell, Talk, View } from "../model";
import { text } from "./groups";

const DRAWN_ELEMENTS = 4;
type Element = HeatMapAnswer["elements"][number];

/** Where people click: the grid of the elements clicked most, all elements as a table, and how far down people came. */
export function heatMapView(answer: HeatMapAnswer, question: { readonly grid: number }, talk: Talk): View {
  const { say } = talk;
  const placed = answer.elements.filter((one) => one.cells.length).slice(0, DRAWN_ELEMENTS);
  return {
    headlines: [
      { label: say("clicks"), value: answer.clicks, form: "count" },
      { label: say("people"), value: answer.people, form: "count" },
    ],
    charts: [...placed.map((one) => gridOf(one, question.grid, talk)), ...(answer.scroll ? [depthOf(answer.scroll, talk)] : [])],
    tables: [tableOf(answer, talk), ...(answer.scroll ? [scrollTable(answer.scroll, talk)] : [])],
  };
}

function gridOf(of: Element, grid: number, talk: Talk): Chart {
  const places = Array.from({ length: grid }, (_, place) => `${Math.round((100 * place) / grid)}%`);
  const cell = { page: of.page, element: of.element };
  return {
    type: "heat",
    title: [of.page, of.element ?? talk.say("group.none")].filter(Boolean).join("  "),
    across: places,
    down: places,
    spots: of.cells.map((one) => ({ x: one.x, y: one.y, value: one.clicks, cell })),
    form: "count",
  };
}

type Scroll = NonNullable<HeatMapAnswer["scroll"]>;

function depthOf(scroll: Scroll, talk: Talk): Chart {
  return {
    type: "bars",
    title: talk.say("scroll"),
    labels: scroll.map((one) => `${one.depth}%`),
    series: [
      { name: talk.say("people"), points: scroll.map((one) => ({ value: one.people, cell: { depth: one.depth } })) },
    ],
    form: "count",
    lying: true,
  };
}

function scrollTable(scroll: Scroll, talk: Talk): Table {
  return {
    title: talk.say("scroll"),
    columns: [talk.say("column.depth"), talk.say("people"), talk.say("share")],
    rows: scroll.map((one): TableCell[] => [
      text(`${one.depth}%`),
      { value: one.people, form: "count", cell: { depth: one.depth } },
      { value: one.share, form: "share", heat: one.share },
    ]),
  };
}

function tableOf(answer: HeatMapAnswer, talk: Talk): Table {
  const { say } = talk;
  return {
    title: say("elements"),
    columns: [say("column.page"), say("column.element"), say("clicks"), say("people"), say("share")],
    rows: answer.elements.map((one): TableCell[] => [
      { value: one.page, form: "text" },
      { value: one.element, form: "text" },
      { value: one.clicks, form: "count" },
      { value: one.people, form: "count", cell: { page: one.page, element: one.element } },
      { value: one.share, form: "share", heat: one.share },
    ]),
  };
}
