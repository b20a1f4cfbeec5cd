/** The parts of ECharts that the console uses. Loaded late: it is the heaviest thing there is. */

import { BarChart, BoxplotChart, GraphChart, HeatmapChart, LineChart, PieChart, SankeyChart, ScatterChart } from "echarts/charts";
import {
  CalendarComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([
  BarChart,
  BoxplotChart,
  CalendarComponent,
  CanvasRenderer,
  GraphChart,
  GridComponent,
  HeatmapChart,
  LegendComponent,
  LineChart,
  MarkLineComponent,
  PieChart,
  SankeyChart,
  ScatterChart,
  TitleComponent,
  TooltipComponent,
  VisualMapComponent,
]);

type Picked = { seriesIndex: number; dataIndex: number; name: string; data: unknown };

/** Draw into an element, and follow its size. Gives the way to end it. */
export function draw(element: HTMLElement, option: echarts.EChartsCoreOption, onPick: (told: Picked) => void): () => void {
  const chart = echarts.init(element);
  chart.setOption(option);
  chart.on("click", (told) => {
    onPick({ seriesIndex: told.seriesIndex ?? 0, dataIndex: told.dataIndex, name: told.name, data: told.data });
  });
  const watching = new ResizeObserver(() => chart.resize());
  watching.observe(element);
  return () => {
    watching.disconnect();
    chart.dispose();
  };
}

const PAPER = { ground: "#ffffff", ink: "#17282e", head: 44, margin: 16, scale: 2 };

/** A chart drawn anew for saving: on white paper, beneath its title, as large as told. */
export function pictureOf(option: echarts.EChartsCoreOption, title: string, width: number, height: number): string {
  const place = document.createElement("div");
  const chart = echarts.init(place, null, { width, height });
  chart.setOption({ ...option, animation: false });
  const drawn = chart.renderToCanvas({ pixelRatio: PAPER.scale, backgroundColor: PAPER.ground });
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [drawn.width, drawn.height + PAPER.head * PAPER.scale];
  const pen = sheet.getContext("2d");
  if (pen) {
    pen.fillStyle = PAPER.ground;
    pen.fillRect(0, 0, sheet.width, sheet.height);
    pen.drawImage(drawn, 0, PAPER.head * PAPER.scale);
    pen.scale(PAPER.scale, PAPER.scale);
    pen.fillStyle = PAPER.ink;
    pen.font = `600 16px ${getComputedStyle(document.body).fontFamily}`;
    pen.fillText(title, PAPER.margin, 28, width - 2 * PAPER.margin);
  }
  chart.dispose();
  return sheet.toDataURL();
}
