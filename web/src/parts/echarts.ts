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

/** The picture of the chart in an element, for saving. */
export function pictureOf(element: HTMLElement): string | undefined {
  return echarts.getInstanceByDom(element)?.getDataURL({ pixelRatio: 2, backgroundColor: "#ffffff" });
}
