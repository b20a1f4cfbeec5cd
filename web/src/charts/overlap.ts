/** Sets laid over one another: a bar for everybody in exactly these sets, the dots below it say in which. */

import type { EChartsCoreOption } from "echarts/core";
import type { Ink } from "./palette";

export interface Part {
  /** Places of the sets in `names`. */
  places: readonly number[];
  count: number;
  /** The sets by name, for the tooltip. */
  label: string;
}

const BARS_PX = 190;
const ROW_PX = 32;
const LEFT_PX = 148;
const PART_PX = 46;

export function heightOfOverlap(names: readonly string[]): number {
  return BARS_PX + 30 + ROW_PX * names.length;
}

/** How wide it has to be for every bar to be hit with a finger. */
export function widthOfOverlap(parts: readonly Part[]): number {
  return LEFT_PX + 24 + PART_PX * Math.max(3, parts.length);
}

interface Texts {
  tooltip: (part: Part) => string;
  number: (value: number) => string;
}

export function overlapPicture(names: readonly string[], parts: readonly Part[], ink: Ink, texts: Texts): EChartsCoreOption {
  const columns = parts.map((_, place) => String(place));
  const told = (picked: { data: { part?: number } }) => {
    const part = parts[picked.data.part ?? -1];
    return part ? texts.tooltip(part) : "";
  };
  const paint = (part: Part) => (part.places.length > 1 ? ink.series[0] : ink.series[6]);
  const plain = { axisLabel: { show: false }, axisTick: { show: false } };
  return {
    tooltip: { trigger: "item", renderMode: "richText", formatter: told },
    grid: [
      { left: LEFT_PX, right: 16, top: 24, height: BARS_PX - 34, containLabel: false },
      { left: LEFT_PX, right: 16, top: BARS_PX, height: ROW_PX * names.length, containLabel: false },
    ],
    xAxis: [
      { type: "category", data: columns, ...plain },
      { type: "category", data: columns, gridIndex: 1, show: false },
    ],
    yAxis: [
      { type: "value", minInterval: 1, splitNumber: 3 },
      {
        type: "category",
        gridIndex: 1,
        inverse: true,
        data: [...names],
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { width: LEFT_PX - 16, overflow: "truncate", color: ink.text },
        splitArea: { show: true, areaStyle: { color: [ink.dark ? "#1c2c2f" : "#f2f6f5", "transparent"] } },
      },
    ],
    series: [
      {
        type: "bar",
        barMaxWidth: 26,
        cursor: "pointer",
        label: { show: true, position: "top", color: ink.text, formatter: ({ value }: { value: number }) => texts.number(value) },
        data: parts.map((part, place) => ({ value: part.count, part: place, itemStyle: { color: paint(part), borderRadius: [4, 4, 0, 0] } })),
      },
      ...parts.map((part, place) => ({
        type: "line",
        xAxisIndex: 1,
        yAxisIndex: 1,
        silent: true,
        symbol: "none",
        animation: false,
        lineStyle: { color: paint(part), width: 3 },
        data: part.places.map((at) => [place, at]),
      })),
      {
        type: "scatter",
        xAxisIndex: 1,
        yAxisIndex: 1,
        symbolSize: 14,
        cursor: "pointer",
        animation: false,
        data: parts.flatMap((part, place) =>
          names.map((_, at) => ({
            value: [place, at],
            part: place,
            itemStyle: { color: part.places.includes(at) ? paint(part) : ink.line, opacity: 1 },
          })),
        ),
      },
    ],
  };
}
