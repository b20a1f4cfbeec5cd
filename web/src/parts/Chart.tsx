import type { EChartsCoreOption } from "echarts/core";
import { useEffect, useRef } from "react";
import { usePreferences } from "@/app/preferences";
import { SERIES } from "@/app/theme";

interface Shown {
  option: EChartsCoreOption;
  /** What the chart shows, for those who do not see it. */
  label: string;
  height?: number;
  /** A mark was chosen: its series, its place in the data, its name. */
  onPick?: (picked: { seriesIndex: number; dataIndex: number; name: string; data: unknown }) => void;
}

/** A chart in the colours of the house. The library is loaded with the first chart, never with the first page. */
export function Chart({ option, label, height = 280, onPick }: Shown) {
  const place = useRef<HTMLDivElement>(null);
  const { isDark } = usePreferences();
  const picked = useRef(onPick);
  picked.current = onPick;
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let end = () => {};
    let isGone = false;
    void import("./echarts").then(({ draw }) => {
      if (!isGone) end = draw(element, dressed(option, isDark), (told) => picked.current?.(told));
    });
    return () => {
      isGone = true;
      end();
    };
  }, [option, isDark]);
  return <div ref={place} className="chart" role="img" aria-label={label} style={{ height }} />;
}

type Axis = Record<string, object> | Record<string, object>[];

/** Axes stay behind what they measure, in light and in dark. */
function axis(told: Axis, text: string, line: string): object {
  if (Array.isArray(told)) return told.map((one) => axis(one, text, line));
  return {
    ...told,
    axisLabel: { color: text, ...told.axisLabel },
    axisLine: { lineStyle: { color: line }, ...told.axisLine },
    axisTick: { lineStyle: { color: line }, ...told.axisTick },
    splitLine: { lineStyle: { color: line }, ...told.splitLine },
  };
}

/** The looks that all charts share; what a chart says itself comes first. */
export function dressed(option: EChartsCoreOption, isDark: boolean): EChartsCoreOption {
  const text = isDark ? "#9db2b0" : "#566b72";
  const line = isDark ? "#2b3d40" : "#d9e3e4";
  return {
    color: [...(isDark ? SERIES.dark : SERIES.light)],
    textStyle: { fontFamily: "inherit" },
    animationDuration: 200,
    grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
    backgroundColor: "transparent",
    ...option,
    ...(option.xAxis ? { xAxis: axis(option.xAxis as Axis, text, line) } : {}),
    ...(option.yAxis ? { yAxis: axis(option.yAxis as Axis, text, line) } : {}),
    legend: option.legend ? { textStyle: { color: text }, icon: "roundRect", ...(option.legend as object) } : undefined,
    tooltip: {
      confine: true,
      backgroundColor: isDark ? "#1c2c2f" : "#ffffff",
      borderColor: isDark ? "#2b3d40" : "#d9e3e4",
      textStyle: { color: isDark ? "#e4eeec" : "#17282e", fontSize: 13 },
      ...(option.tooltip as object | undefined),
    },
  };
}
