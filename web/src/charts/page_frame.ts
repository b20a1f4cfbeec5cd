/**
 * The page behind a click map, drawn from what clicks tell: which element, where it stood on its page, how wide that was.
 *
 * The answer of a heat map knows elements and the places on them, not where they stand. That is a trend over the same
 * clicks: the median of each measure by element, once for wide and once for narrow pages, since a page has another
 * shape on a phone.
 */
import type { HeatMapAnswer, TrendAnswer, TrendSeries } from "./answers";
import type { Cell } from "./model";

export type Width = "wide" | "narrow";
export const WIDTHS: readonly Width[] = ["wide", "narrow"];

const NARROW_BELOW_PX = 768;
const MOST_ELEMENTS = 200;
/** What our script tells with a click, in pixels. */
const MEASURES = ["$element_left", "$element_top", "$element_width", "$element_height", "$viewport_width", "$page_height"];
const FIGURES = 1 + MEASURES.length;
/** The fields of any question that say which events it is about. */
const ABOUT = ["date_from", "date_to", "now", "timezone", "week_start", "count_by", "session_gap_minutes", "robots", "inferred", "purposes"];

/** A heat map's question as it was understood, every default filled in. */
export interface HeatMapAsked {
  readonly event: string | null;
  readonly where?: unknown;
  readonly grid: number;
  readonly [field: string]: unknown;
}

/** The same question about one page, as wide as this. */
export function pageQuestion(asked: HeatMapAsked, page: string, width: Width): Record<string, unknown> {
  return { ...asked, page: null, scroll: null, where: { all: [...conditions(asked.where), ...onPage(page), ...ofWidth(width)] } };
}

/** Where the elements of a page stand: for each width, how often they were clicked, and the measures. */
export function placesQuestion(asked: HeatMapAsked, page: string): Record<string, unknown> {
  const about = Object.fromEntries(ABOUT.filter((name) => name in asked).map((name) => [name, asked[name]]));
  const known = { property: "$element", op: "is_set" };
  return {
    ...about,
    where: { all: [...conditions(asked.where), ...onPage(page), known] },
    interval: "year",
    align_start: false,
    breakdown: { property: "$element", limit: MOST_ELEMENTS },
    series: WIDTHS.flatMap((width) => {
      const of = { event: asked.event, where: ofWidth(width) };
      return [{ ...of, math: "total" }, ...MEASURES.map((property) => ({ ...of, math: "median", property }))];
    }),
  };
}

function conditions(where: unknown): readonly unknown[] {
  return Array.isArray(where) ? where : where ? [where] : [];
}

function onPage(page: string): readonly object[] {
  return [{ property: "$url_path", op: "equals", value: page }];
}

function ofWidth(width: Width): readonly object[] {
  return [{ property: "$viewport_width", op: width === "wide" ? "gte" : "lt", value: NARROW_BELOW_PX }];
}

/** Pages by their clicks, the most clicked first. */
export function pagesOf({ elements }: HeatMapAnswer): readonly string[] {
  const clicks = new Map<string, number>();
  for (const { page, clicks: n } of elements) if (page !== null) clicks.set(page, (clicks.get(page) ?? 0) + n);
  return [...clicks].toSorted(([, a], [, b]) => b - a).map(([page]) => page);
}

const MASK = "***";

/**
 * The pages that can be asked about by somebody, and how many cannot: who may not see personal values gets their paths
 * masked, and no page bears the name that is left.
 */
export function askablePages(pages: readonly string[], seesPersonal: boolean): { askable: readonly string[]; masked: number } {
  const askable = seesPersonal ? pages : pages.filter((page) => !page.includes(MASK));
  return { askable, masked: pages.length - askable.length };
}

/** How many clicks there are on the page at a width. */
export function clicksAt(places: TrendAnswer, width: Width): number {
  return places.series[WIDTHS.indexOf(width) * FIGURES]?.total ?? 0;
}

interface Figures {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly pageWidth: number;
  readonly pageHeight: number;
}

/** What the series of a group say of a width; nothing where a measure is missing. */
function figuresOf(series: readonly TrendSeries[], of: Width): Figures | null {
  const from = WIDTHS.indexOf(of) * FIGURES;
  const told = series.slice(from, from + FIGURES).map((one) => one.total ?? -1);
  const [clicks = 0, left = 0, top = 0, width = -1, height = -1, pageWidth = 0, pageHeight = 0] = told;
  const isTold = clicks > 0 && pageWidth > 0 && pageHeight > 0 && width >= 0 && height >= 0;
  return isTold ? { left, top, width, height, pageWidth, pageHeight } : null;
}

/** An element on the frame; lengths in pixels of the page. */
export interface Box {
  readonly element: string;
  readonly cell: Cell;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly clicks: number;
  readonly people: number;
  readonly share: number;
  /** 0 to 1: clicks beside those of the element most clicked. */
  readonly heat: number;
}

/** Where clicks fell, on the page. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** 0 to 1. */
  readonly heat: number;
}

export interface PageFrame {
  readonly width: number;
  readonly height: number;
  /** The largest first, so that what lies on something is drawn over it. */
  readonly boxes: readonly Box[];
  readonly spots: readonly Spot[];
  /** How many elements were clicked whose place nobody told. */
  readonly unplaced: number;
}

/** The frame of a page; null where no click told how large the page is. */
export function framed(answer: HeatMapAnswer, places: TrendAnswer, width: Width, grid: number): PageFrame | null {
  const whole = figuresOf(places.series, width);
  if (!whole) return null;
  const page = { width: whole.pageWidth, height: whole.pageHeight };
  const placed = new Map(
    (places.by_breakdown ?? [])
      .filter(({ kind }) => kind === "value")
      .map(({ value, series }) => [value[0], figuresOf(series, width)]),
  );
  const most = Math.max(1, ...answer.elements.map((one) => one.clicks));
  const mostOnSpot = Math.max(1, ...answer.elements.flatMap((one) => one.cells.map((cell) => cell.clicks)));
  const drawn = answer.elements.flatMap((one) => {
    const at = one.element === null ? null : placed.get(one.element);
    return at ? [{ one, at }] : [];
  });
  return {
    ...page,
    boxes: drawn
      .map(({ one, at }) => ({
        element: one.element ?? "",
        cell: { page: one.page, element: one.element },
        ...inside(at, page),
        clicks: one.clicks,
        people: one.people,
        share: one.share,
        heat: one.clicks / most,
      }))
      .toSorted((a, b) => b.width * b.height - a.width * a.height),
    spots: drawn.flatMap(({ one, at }) =>
      one.cells.map((cell) => ({
        x: at.left + ((cell.x + 0.5) / grid) * at.width,
        y: at.top + ((cell.y + 0.5) / grid) * at.height,
        radius: Math.max(page.width / 60, Math.min(at.width, at.height) / 3),
        heat: cell.clicks / mostOnSpot,
      })),
    ),
    unplaced: answer.elements.length - drawn.length,
  };
}

/** What of an element lies on the page: a carousel's pictures reach beyond it. */
function inside(at: Figures, page: { width: number; height: number }) {
  const left = Math.min(Math.max(0, at.left), page.width);
  const top = Math.min(Math.max(0, at.top), page.height);
  return {
    left,
    top,
    width: Math.max(0, Math.min(at.left + at.width, page.width) - left),
    height: Math.max(0, Math.min(at.top + at.height, page.height) - top),
  };
}
