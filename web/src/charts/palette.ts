/** The colours of charts, by light and dark. */

import { SERIES } from "@/app/theme";

export interface Ink {
  readonly dark: boolean;
  readonly series: readonly string[];
  readonly text: string;
  readonly soft: string;
  readonly line: string;
  readonly card: string;
  readonly lost: string;
  /** From nothing to much, for heat maps. */
  readonly heat: readonly string[];
}

const LIGHT: Ink = {
  dark: false,
  series: SERIES.light,
  text: "#17282e",
  soft: "#5a6f76",
  line: "#d9e3e4",
  card: "#ffffff",
  lost: "#dfe8e7",
  heat: ["#f0f6f4", "#c4e3dc", "#84c7b8", "#3fa390", "#0b7a6b", "#064f46"],
};

const DARK: Ink = {
  dark: true,
  series: SERIES.dark,
  text: "#e4eeec",
  soft: "#9db2b0",
  line: "#2b3d40",
  card: "#172427",
  lost: "#2b3d40",
  heat: ["#1a2a2d", "#1d443f", "#1f6459", "#2b8b7b", "#4cc9b0", "#a5f0e0"],
};

export function inkOf(isDark: boolean): Ink {
  return isDark ? DARK : LIGHT;
}

/** The colour of a series; after the last one they begin anew. */
export function colour(ink: Ink, place: number): string {
  return ink.series[place % ink.series.length] ?? ink.text;
}

/** The tint of a table's cell, 0 to 1: the ink with that much of it. */
export function tint(ink: Ink, heat: number): string {
  const most = ink.dark ? 38 : 50; // light text has to be read on it
  const alpha = Math.round(Math.min(1, Math.max(0, heat)) * most) / 100;
  return ink.dark ? `rgba(76, 201, 176, ${alpha})` : `rgba(11, 122, 107, ${alpha})`;
}
