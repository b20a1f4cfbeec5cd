/**
 * Charts as ECharts takes them. Pure: a chart, the ink, and how figures are written go in, a plain object comes out.
 *
 * Tips are drawn in the canvas (`richText`) and not as HTML: names of events are other people's words, and a page whose
 * content security policy allows no inline style could not style them.
 */
import { compact, figure, percent } from "./figures";
import type { Bars, Boxes, Chart, Flow, Form, Funnel, Heat, Lines, Point, Series, Talk } from "./model";
import { colour, type Ink } from "./palette";

/** ECharts' own option type is a thousand shapes; ours are checked by eye and by the tests that click them. */
export type Option = Record<string, unknown>;
type Datum = Record<string, unknown>;

const MOST_WRITTEN_SPOTS = 200;
const LONGEST_NAME = 22;
/** A canvas inherits no font. */
const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';

/** Whether there is room for names; on a phone there is not. */
export type Room = "narrow" | "wide";

export function optionOf(chart: Chart, ink: Ink, talk: Talk, room: Room = "wide"): Option {
  const shared = { textStyle: { color: ink.text, fontFamily: FONT }, animationDuration: 250 };
  switch (chart.type) {
    case "lines":
      return { ...shared, ...lines(chart, ink, talk) };
    case "bars":
      return { ...shared, ...bars(chart, ink, talk) };
    case "funnel":
      return { ...shared, ...funnel(chart, ink, talk, room) };
    case "heat":
      return { ...shared, ...heat(chart, ink, talk, room) };
    case "flow":
      return { ...shared, ...flow(chart, ink, talk, room) };
    case "boxes":
      return { ...shared, ...boxes(chart, ink, talk) };
  }
}

/** How high a chart is, in pixels: heat maps and lying bars grow with their rows. */
export function heightOf(chart: Chart): number {
  if (chart.type === "heat") return Math.min(760, 90 + 30 * Math.max(4, chart.down.length));
  if (chart.type === "bars" && chart.lying) return 70 + 30 * Math.max(3, chart.labels.length);
  if (chart.type === "flow") return 440;
  return 320;
}

function tip(ink: Ink, more: Option = {}): Option {
  return {
    renderMode: "richText",
    confine: true,
    backgroundColor: ink.card,
    borderColor: ink.line,
    textStyle: { color: ink.text, fontSize: 13 },
    ...more,
  };
}

function legend(ink: Ink, names: readonly string[]): Option | undefined {
  if (names.length < 2) return undefined;
  const cut = (name: string) => shortened(name);
  return { type: "scroll", top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: { color: ink.soft }, pageIconColor: ink.soft, pageIconInactiveColor: ink.line, pageTextStyle: { color: ink.soft }, formatter: cut, data: [...names] };
}

function names(ink: Ink, labels: readonly string[], more: Option = {}): Option {
  return {
    type: "category",
    data: [...labels],
    axisLine: { lineStyle: { color: ink.line } },
    axisTick: { show: false },
    axisLabel: { color: ink.soft, formatter: (name: string) => shortened(name), hideOverlap: true },
    ...more,
  };
}

function amounts(ink: Ink, form: Form, talk: Talk): Option {
  return {
    type: "value",
    splitLine: { lineStyle: { color: ink.line } },
    axisLabel: { color: ink.soft, formatter: (value: number) => compact(value, form, talk) },
    splitNumber: form === "share" ? 5 : 4,
    // Shares end at the whole: an axis up to 120 % would promise more.
    ...(form === "share" && { max: ({ max }: { max: number }) => (max > 0.6 && max <= 1 ? 1 : null) }),
  };
}

function grid(hasLegend: boolean): Option {
  return { left: 8, right: 16, top: hasLegend ? 40 : 16, bottom: 8, containLabel: true };
}

function datum(point: Point): Datum {
  return { value: point.value, cell: point.cell };
}

function shortened(name: string, longest = LONGEST_NAME): string {
  return name.length <= longest ? name : `${name.slice(0, longest - 1)}…`;
}

function lines(chart: Lines, ink: Ink, talk: Talk): Option {
  const written = (value: unknown) => figure(value as number | null, chart.form, talk);
  const single = chart.series.length === 1;
  return {
    tooltip: tip(ink, { trigger: "axis", valueFormatter: written, axisPointer: { lineStyle: { color: ink.soft } } }),
    legend: legend(ink, chart.series.map((series) => series.name)),
    grid: grid(chart.series.length > 1),
    xAxis: names(ink, chart.labels, { boundaryGap: false }),
    yAxis: amounts(ink, chart.form, talk),
    series: chart.series.flatMap((series, place) => lineOf(series, place, chart, ink, single)),
  };
}

/** A line; the part of it that is not over yet is drawn once more, dotted, by a twin that the legend does not know. */
function lineOf(series: Series, place: number, chart: Lines, ink: Ink, single: boolean): Option[] {
  const hue = colour(ink, place);
  const over = series.points.length - chart.partial;
  const isCut = chart.partial > 0 && !series.faint && over > 0;
  const whole = series.points.map((point, at) => (isCut && at >= over ? { value: null } : datum(point)));
  const look = {
    type: "line",
    name: series.name,
    itemStyle: { color: hue, opacity: series.faint ? 0.55 : 1 },
    symbolSize: 7,
    showSymbol: series.points.length <= 40,
    emphasis: { focus: "series" },
  };
  const line: Option = {
    ...look,
    data: whole,
    lineStyle: { color: hue, width: 2.5, ...(series.faint && { type: "dashed", opacity: 0.55, width: 1.5 }) },
    ...(single && { areaStyle: { color: hue, opacity: 0.1 } }),
  };
  if (!isCut) return [line];
  const rest = series.points.map((point, at) => (at >= over - 1 ? datum(point) : { value: null }));
  const twin = { ...look, data: rest, lineStyle: { color: hue, width: 2, type: "dotted" }, tooltip: { show: false } };
  return [line, twin];
}

function bars(chart: Bars, ink: Ink, talk: Talk): Option {
  const written = (value: unknown) => figure(Math.abs(value as number), chart.form, talk);
  const many = chart.series.length > 1;
  const labelled = !many && chart.labels.length <= 16;
  const axes = chart.lying
    ? { xAxis: amounts(ink, chart.form, talk), yAxis: names(ink, chart.labels, { inverse: true }) }
    : { xAxis: names(ink, chart.labels), yAxis: amounts(ink, chart.form, talk) };
  return {
    tooltip: tip(ink, { trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: written }),
    legend: legend(ink, chart.series.map((series) => series.name)),
    grid: grid(many),
    ...axes,
    series: chart.series.map((series, place) => ({
      type: "bar",
      name: series.name,
      data: series.points.map(datum),
      barMaxWidth: 46,
      itemStyle: { color: colour(ink, place), borderRadius: chart.stacked ? 0 : 3 },
      ...(chart.stacked && { stack: "all" }),
      ...(labelled && {
        label: {
          show: true,
          position: chart.lying ? "right" : "top",
          color: ink.soft,
          formatter: (shown: { value: number }) => figure(shown.value, chart.form, talk),
        },
      }),
    })),
  };
}

/** Who reached each step, and above them, pale, who did not go on. */
function funnel(chart: Funnel, ink: Ink, talk: Talk, room: Room): Option {
  const { say } = talk;
  const count = (value: unknown) => figure(value as number, "count", talk);
  const letters = room === "wide" ? 90 : 27; // so many stand beside each other beneath the bars
  const longest = Math.min(LONGEST_NAME, Math.max(4, Math.floor(letters / chart.steps.length)));
  const under = (place: number) => {
    const step = chart.steps[place];
    const took = step?.took ? `\n{took|+ ${step.took}}` : "";
    return `{name|${place + 1}. ${braceless(shortened(step?.name ?? "", longest))}}${took}`;
  };
  const rich = { name: { color: ink.text, fontSize: 13, lineHeight: 20 }, took: { color: ink.soft, fontSize: 12 } };
  const bar = { type: "bar", stack: "all", barMaxWidth: 110, barCategoryGap: "28%" };
  return {
    tooltip: tip(ink, { trigger: "axis", axisPointer: { type: "none" }, valueFormatter: count }),
    grid: { left: 8, right: 8, top: 30, bottom: 8, containLabel: true },
    xAxis: names(ink, chart.steps.map((step) => step.name), {
      axisLabel: { interval: 0, formatter: (_: string, place: number) => under(place), rich },
    }),
    yAxis: { ...amounts(ink, "count", talk), show: false },
    series: [
      {
        ...bar,
        name: say("converted"),
        data: chart.steps.map((step) => datum(step.reached)),
        itemStyle: { color: colour(ink, 0) },
      },
      {
        ...bar,
        name: say("dropped"),
        data: chart.steps.map((step) => datum(step.dropped)),
        itemStyle: { color: ink.lost, borderRadius: [6, 6, 0, 0] },
        label: {
          show: true,
          position: "top",
          color: ink.text,
          fontWeight: 600,
          formatter: ({ dataIndex }: { dataIndex: number }) => {
            const step = chart.steps[dataIndex];
            return step ? `${count(step.reached.value)} · ${percent(step.rate, talk.language)}` : "";
          },
        },
      },
    ],
  };
}

/** In rich text braces are markup. */
function braceless(name: string): string {
  return name.replace(/[{}|]/g, " ");
}

function heat(chart: Heat, ink: Ink, talk: Talk, room: Room): Option {
  const written = (value: number) => figure(value, chart.form, talk);
  const most = Math.max(chart.form === "share" ? 0.01 : 1, ...chart.spots.filter((spot) => !isDiagonal(chart, spot.x)).map((spot) => spot.value));
  const isWritten = chart.spots.length <= MOST_WRITTEN_SPOTS && (room === "wide" || chart.across.length <= 5);
  const flat = { axisLine: { show: false }, splitArea: { show: false } };
  return {
    tooltip: tip(ink, {
      formatter: ({ value: [x, y, value] }: { value: [number, number, number] }) =>
        `${chart.down[y] ?? ""} · ${chart.across[x] ?? ""}\n${written(value)}`,
    }),
    grid: { left: 8, right: 8, top: 28, bottom: 8, containLabel: true },
    xAxis: names(ink, chart.across, { position: "top", ...flat }),
    yAxis: names(ink, chart.down, { inverse: true, ...flat }),
    visualMap: { show: false, min: 0, max: most, inRange: { color: [...ink.heat] } },
    series: [
      {
        type: "heatmap",
        data: chart.spots.map((spot) => ({ value: [spot.x, spot.y, spot.value], cell: spot.cell, label: { color: inkOn(spot.value / most, ink) } })),
        itemStyle: { borderColor: ink.card, borderWidth: 2, borderRadius: 4 },
        label: {
          show: isWritten,
          formatter: ({ value }: { value: [number, number, number] }) => written(value[2]),
        },
      },
    ],
  };
}

/** In a heat map of shares column 0 is the whole, 100 %: it says nothing, and would pale all others. */
function isDiagonal(chart: Heat, x: number): boolean {
  return chart.form === "share" && x === 0;
}

/** Letters that can be read on a spot so dark: light ones on the dark end by day, dark ones on the light end by night. */
function inkOn(share: number, ink: Ink): string {
  if (ink.dark) return share > 0.7 ? "#08201c" : ink.text;
  return share > 0.55 ? "#ffffff" : ink.text;
}

function flow(chart: Flow, ink: Ink, talk: Talk, room: Room): Option {
  const names_ = new Map(chart.nodes.map((node) => [node.id, node.name]));
  const items = [...new Set(chart.nodes.map((node) => node.name))];
  return {
    tooltip: tip(ink, {
      formatter: ({ dataType, data }: { dataType: string; data: { name: string; source: string; target: string; value: number } }) =>
        dataType === "edge"
          ? `${names_.get(data.source) ?? ""} → ${names_.get(data.target) ?? ""}\n${figure(data.value, "count", talk)}`
          : (names_.get(data.name) ?? ""),
    }),
    series: [
      {
        type: "sankey",
        left: 8,
        right: room === "narrow" ? 8 : 120,
        top: 12,
        bottom: 12,
        nodeWidth: 12,
        nodeGap: 12,
        draggable: false,
        data: chart.nodes.map((node) => ({
          name: node.id,
          depth: node.depth,
          cell: node.cell,
          itemStyle: { color: colour(ink, items.indexOf(node.name)) },
        })),
        links: chart.links.map((link) => ({ source: link.from, target: link.to, value: link.value, cell: link.cell })),
        label: { show: room === "wide", color: ink.text, formatter: ({ name }: { name: string }) => shortened(names_.get(name) ?? "") },
        lineStyle: { color: "gradient", opacity: 0.3, curveness: 0.5 },
        emphasis: { focus: "adjacency" },
      },
    ],
  };
}

function boxes(chart: Boxes, ink: Ink, talk: Talk): Option {
  const hue = colour(ink, 0);
  const { say } = talk;
  const parts = ["minimum_seconds", "p25_seconds", "median_seconds", "p75_seconds", "maximum_seconds"] as const;
  return {
    tooltip: tip(ink, {
      formatter: ({ dataIndex }: { dataIndex: number }) =>
        [
          chart.labels[dataIndex] ?? "",
          ...parts.map((part, place) => `${say(part)}: ${figure(chart.boxes[dataIndex]?.[place], chart.form, talk)}`),
        ].join("\n"),
    }),
    grid: grid(false),
    xAxis: names(ink, chart.labels),
    yAxis: amounts(ink, chart.form, talk),
    series: [
      {
        type: "boxplot",
        data: chart.boxes.map((box, place) => ({ value: [...box], cell: chart.cells[place] })),
        itemStyle: { color: ink.lost, borderColor: hue, borderWidth: 2 },
        boxWidth: [12, 46],
      },
    ],
  };
}
