/** Identifiers in columns by what they are, evidence as lines between them: dashed where it does not hold any more. */

import type { EChartsCoreOption } from "echarts/core";
import { colour, type Ink } from "./palette";

export interface Spot {
  type: string;
  value: string;
  column: number;
  /** Hollow: not this person's. */
  hollow: boolean;
}

export interface Line {
  from: number;
  to: number;
  dashed: boolean;
  times: number;
  label: string;
}

const ROW_PX = 76;
const LONGEST = 16;

/** Rows of the fullest column, in pixels. */
export function heightOfGraph(spots: readonly Spot[]): number {
  const counts = spots.map((one) => spots.filter((other) => other.column === one.column).length);
  return 40 + ROW_PX * Math.max(2, ...counts);
}

/** The middle of a long value says least. */
export function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, 9)}…${text.slice(-5)}`;
}

export function identityGraph(spots: readonly Spot[], lines: readonly Line[], ink: Ink): EChartsCoreOption {
  const used = [...new Set(spots.map((one) => one.column))].toSorted();
  const places = spots.map((one, place) => {
    const among = spots.flatMap((other, at) => (other.column === one.column ? [at] : []));
    return [used.indexOf(one.column), (among.indexOf(place) + 0.5) / among.length] as const;
  });
  return {
    tooltip: { trigger: "item", renderMode: "richText" },
    grid: { left: 16, right: 16, top: 8, bottom: 24, containLabel: false },
    xAxis: { type: "value", show: false, min: -0.5, max: used.length - 0.5 },
    yAxis: { type: "value", show: false, min: 0, max: 1, inverse: true },
    series: [
      {
        type: "graph",
        coordinateSystem: "cartesian2d",
        symbolSize: 22,
        cursor: "pointer",
        emphasis: { focus: "adjacency" },
        labelLayout: { hideOverlap: false },
        data: spots.map((spot, place) => nodeOf(spot, places[place] ?? [0, 0], place, ink)),
        edges: lines.map((line, place) => edgeOf(line, places, place, ink)),
      },
    ],
  };
}

function nodeOf(spot: Spot, value: readonly number[], place: number, ink: Ink) {
  const paint = colour(ink, spot.column);
  return {
    id: String(place),
    name: String(place),
    value: [...value],
    itemStyle: {
      color: spot.hollow ? ink.card : paint,
      borderColor: paint,
      borderWidth: 2,
      borderType: spot.hollow ? "dashed" : "solid",
    },
    label: {
      show: true,
      position: "bottom",
      backgroundColor: ink.card,
      padding: [1, 3],
      borderRadius: 3,
      formatter: `{type|${spot.type}}\n{value|${safe(shortened(spot.value))}}`,
      rich: { type: { color: ink.soft, fontSize: 11, lineHeight: 15 }, value: { color: ink.text, fontSize: 12 } },
    },
    tooltip: { formatter: () => safe(`${spot.type} ${spot.value}`) },
  };
}

function edgeOf(line: Line, places: readonly (readonly [number, number])[], place: number, ink: Ink) {
  const [from, to] = [places[line.from] ?? [0, 0], places[line.to] ?? [0, 0]];
  return {
    source: String(line.from),
    target: String(line.to),
    line: place,
    lineStyle: {
      color: line.dashed ? ink.soft : (ink.series[0] ?? ink.text),
      type: line.dashed ? "dashed" : "solid",
      width: Math.min(6, 1.5 + Math.log10(line.times) * 1.5),
      opacity: 0.9,
      curveness: from[0] === to[0] ? 0.35 : 0,
    },
    tooltip: { formatter: () => safe(line.label) },
  };
}

/** In rich text braces are markup. */
function safe(text: string): string {
  return text.replaceAll(/[{}|]/g, " ");
}
