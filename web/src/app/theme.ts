/** Ant Design in our colours: teal ink on paper, as on the first page; nothing of it looks like its defaults. */

import { theme, type ThemeConfig } from "antd";

const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';

export function themeOf(isDark: boolean): ThemeConfig {
  const ink = isDark
    ? { mark: "#4cc9b0", text: "#e4eeec", soft: "#9db2b0", line: "#2b3d40", paper: "#101a1c", card: "#172427", tint: "#1c3532", edge: "#2f5a53" }
    : { mark: "#0b7a6b", text: "#17282e", soft: "#566b72", line: "#d9e3e4", paper: "#f4f8f7", card: "#ffffff", tint: "#e6f2f0", edge: "#a9d3cb" };
  return {
    algorithm: isDark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      fontFamily: FONT,
      fontSize: 14,
      borderRadius: 8,
      colorPrimary: ink.mark,
      colorInfo: ink.mark,
      colorLink: ink.mark,
      colorText: ink.text,
      colorTextSecondary: ink.soft,
      colorTextDescription: ink.soft,
      colorTextPlaceholder: isDark ? "#8ba09e" : "#66787e",
      colorBgLayout: ink.paper,
      colorBgContainer: ink.card,
      colorBgElevated: isDark ? "#1c2c2f" : "#ffffff",
      colorBorder: isDark ? "#3b5054" : "#c3d1d3",
      colorBorderSecondary: ink.line,
      colorTextLightSolid: isDark ? "#08201c" : "#ffffff",
      colorError: isDark ? "#f08a7b" : "#b3382a",
      colorWarning: isDark ? "#e3b35b" : "#9a6200",
      colorSuccess: ink.mark,
      // What would be derived from so dark a green is grey.
      colorPrimaryBg: ink.tint,
      colorInfoBg: ink.tint,
      colorInfoBorder: ink.edge,
      colorSuccessBg: ink.tint,
      colorSuccessBorder: ink.edge,
      wireframe: false,
    },
    components: {
      Table: { headerBg: "transparent", headerSplitColor: "transparent", headerColor: ink.soft, cellPaddingBlock: 10 },
      Tabs: { titleFontSize: 14 },
      Tag: { defaultBg: isDark ? "#1f3236" : "#eaf2f1", defaultColor: ink.text },
    },
  };
}

/** Colours of series in charts: apart from one another also for those who see fewer colours. */
export const SERIES = {
  light: ["#0b7a6b", "#c2632b", "#3b5f9a", "#a8873a", "#8a4a74", "#5a8f3d", "#6b7c85", "#b04a4a"],
  dark: ["#4cc9b0", "#e89a63", "#86abe8", "#dcc069", "#cf8fb8", "#9ccf7a", "#a9bac2", "#ea8f8f"],
} as const;
