import type { PathNode, PathsAnswer } from "../answers";
import { figure } from "../figures";
import type { Flow, FlowNode, Table, TableCell, Talk, View } from "../model";
import { text } from "./groups";

/** Paths as a flow from step to step, with the edges and the places as tables. */
export function pathsView(answer: PathsAnswer, question: { readonly count?: string }, talk: Talk): View {
  const { say } = talk;
  return {
    headlines: [
      { label: say("trips"), value: answer.trips, form: "count" },
      { label: say("people"), value: answer.people, form: "count" },
      ...(answer.too_long ? [{ label: say("too_long"), value: answer.too_long, form: "count" as const }] : []),
    ],
    charts: answer.edges.length ? [flowOf(answer, talk)] : [],
    tables: [edges(answer, question.count === "people" ? say("people") : say("trips"), talk), places(answer, talk)],
  };
}

function id(step: number, item: string): string {
  return `${step} ${item}`;
}

function flowOf(answer: PathsAnswer, talk: Talk): Flow {
  return {
    type: "flow",
    title: talk.say("kind.paths"),
    nodes: answer.nodes.map((node): FlowNode => ({
      id: id(node.step, node.item),
      name: node.item,
      depth: node.step - 1,
      cell: { step: node.step, item: node.item, figure: "inflow" },
    })),
    links: answer.edges.map((edge) => ({
      from: id(edge.step, edge.from),
      to: id(edge.step + 1, edge.to),
      value: edge.count,
      cell: { step: edge.step, from: edge.from, to: edge.to },
    })),
  };
}

function edges(answer: PathsAnswer, counted: string, talk: Talk): Table {
  const { say } = talk;
  const most = Math.max(1, ...answer.edges.map((edge) => edge.count));
  return {
    title: say("edges"),
    columns: [say("column.step"), say("column.from"), say("column.to"), counted, say("average_time")],
    rows: answer.edges.map((edge): TableCell[] => [
      text(String(edge.step)),
      text(edge.from),
      text(edge.to),
      { value: edge.count, form: "count", cell: { step: edge.step, from: edge.from, to: edge.to }, heat: edge.count / most },
      text(figure(edge.average_seconds, "seconds", talk)),
    ]),
  };
}

function places(answer: PathsAnswer, talk: Talk): Table {
  const { say } = talk;
  const cell = (node: PathNode, name: "inflow" | "drop_off") => ({ step: node.step, item: node.item, figure: name });
  return {
    title: say("places"),
    columns: [say("column.step"), say("column.item"), say("inflow"), say("outflow"), say("dropped"), say("other_edges")],
    rows: answer.nodes.map((node): TableCell[] => [
      text(String(node.step)),
      text(node.item),
      { value: node.inflow, form: "count", cell: cell(node, "inflow") },
      { value: node.outflow, form: "count" },
      { value: node.drop_off, form: "count", cell: cell(node, "drop_off"), partial: node.cut },
      { value: node.other, form: "count" },
    ]),
  };
}
