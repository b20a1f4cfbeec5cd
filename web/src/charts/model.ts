/**
 * What a page shows of an answer: headline figures, charts and tables, as plain values.
 *
 * A view is decided from an answer by a pure function (`views/`); charts become ECharts options in `options/`. Every
 * figure that people stand behind carries its cell, as docs/questions.md names it for the kind.
 */
import type { AskKey } from "@/words/ask";
import type { Language } from "@/words/language";

/** Which figure of an answer: goes to `questions/people` as it is. */
export type Cell = Readonly<Record<string, unknown>>;

/** How a figure is written. `share` is 0 to 1. */
export type Form = "count" | "number" | "share" | "seconds" | "text";

export interface Headline {
  readonly label: string;
  readonly value: number | string | null;
  readonly form: Form;
  readonly cell?: Cell;
}

export interface TableCell {
  readonly value: number | string | null;
  readonly form: Form;
  readonly cell?: Cell;
  /** Its period is not over, or is cut. */
  readonly partial?: boolean;
  /** 0 to 1: how strongly the cell is tinted. */
  readonly heat?: number;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
}

/** One figure of a chart. */
export interface Point {
  readonly value: number | null;
  readonly cell?: Cell;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** What it is compared with: drawn lighter and dashed. */
  readonly faint?: boolean;
}

export interface Lines {
  readonly type: "lines";
  readonly title: string;
  readonly labels: readonly string[];
  readonly series: readonly Series[];
  readonly form: Form;
  /** How many labels at the end are not over. */
  readonly partial: number;
}

export interface Bars {
  readonly type: "bars";
  readonly title: string;
  readonly labels: readonly string[];
  readonly series: readonly Series[];
  readonly form: Form;
  readonly stacked?: boolean;
  /** Names stand to the left, bars lie. */
  readonly lying?: boolean;
}

export interface Funnel {
  readonly type: "funnel";
  readonly title: string;
  readonly steps: readonly FunnelStep[];
}

export interface FunnelStep {
  readonly name: string;
  readonly reached: Point;
  readonly dropped: Point;
  readonly rate: number;
  /** In words: how long it took from the step before; empty for the first. */
  readonly took: string;
}

export interface Heat {
  readonly type: "heat";
  readonly title: string;
  readonly across: readonly string[];
  readonly down: readonly string[];
  readonly spots: readonly Spot[];
  readonly form: Form;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly value: number;
  readonly cell?: Cell;
}

export interface Flow {
  readonly type: "flow";
  readonly title: string;
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
}

export interface FlowNode {
  readonly id: string;
  readonly name: string;
  readonly depth: number;
  readonly cell?: Cell;
}

export interface FlowLink {
  readonly from: string;
  readonly to: string;
  readonly value: number;
  readonly cell?: Cell;
}

export interface Boxes {
  readonly type: "boxes";
  readonly title: string;
  readonly labels: readonly string[];
  /** Least, first quarter, median, third quarter, greatest. */
  readonly boxes: readonly (readonly [number, number, number, number, number])[];
  readonly cells: readonly Cell[];
  readonly form: Form;
}

export type Chart = Lines | Bars | Funnel | Heat | Flow | Boxes;

export interface View {
  readonly headlines: readonly Headline[];
  readonly charts: readonly Chart[];
  readonly tables: readonly Table[];
}



/** What a view needs to speak: the language, and its words. */
export interface Talk {
  readonly language: Language;
  readonly say: (key: AskKey, values?: Readonly<Record<string, string | number>>) => string;
}
