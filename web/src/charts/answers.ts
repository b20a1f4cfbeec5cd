/** The answers of the fourteen kinds, as docs/questions.md writes them. The envelope's type comes from the API. */

export interface Group {
  readonly value: readonly (string | null)[];
  readonly kind: "value" | "null" | "other";
}
export interface Period {
  readonly start: string;
  readonly partial: boolean;
}
type Figure = number | null;
type Grouped<T> = readonly (Group & T)[];

export interface TrendSeries {
  readonly name: string | null;
  readonly values: readonly Figure[];
  readonly sum: number;
  readonly total: Figure;
}
export interface TrendAnswer {
  readonly periods: readonly Period[];
  readonly series: readonly TrendSeries[];
  readonly previous: { readonly periods: readonly Period[]; readonly series: readonly TrendSeries[] } | null;
  readonly by_breakdown?: Grouped<{ readonly series: readonly TrendSeries[] }>;
}

export interface FunnelStepAnswer {
  readonly name: string | null;
  readonly count: number;
  readonly conversion_rate: number;
  readonly step_rate: number;
  readonly average_seconds: Figure;
  readonly median_seconds: Figure;
}
export interface OverTime {
  readonly period: string;
  readonly entered: number;
  readonly converted: number;
  readonly conversion_percent: number;
  readonly partial: boolean;
}
export interface FunnelFigures {
  readonly steps?: readonly FunnelStepAnswer[];
  readonly over_time?: readonly OverTime[];
  readonly average_seconds?: Figure;
  readonly median_seconds?: Figure;
  readonly bins?: readonly { readonly from_seconds: number; readonly to_seconds: number; readonly count: number }[];
}
export interface FunnelAnswer extends FunnelFigures {
  readonly by_breakdown?: Grouped<FunnelFigures>;
}

export interface RetentionRow {
  readonly start: string;
  readonly values: readonly number[];
  readonly partial: readonly boolean[];
  readonly measures?: readonly Figure[];
}
export interface RetentionAnswer {
  readonly rows: readonly RetentionRow[];
  readonly by_breakdown?: Grouped<{ readonly rows: readonly RetentionRow[] }>;
}

export interface PathEdge {
  readonly step: number;
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly average_seconds: number;
}
export interface PathNode {
  readonly step: number;
  readonly item: string;
  readonly inflow: number;
  readonly outflow: number;
  readonly drop_off: number;
  readonly other: number;
  readonly cut: boolean;
}
export interface PathsAnswer {
  readonly edges: readonly PathEdge[];
  readonly nodes: readonly PathNode[];
  readonly trips: number;
  readonly people: number;
  readonly too_long: number;
}

export interface LifecycleAnswer {
  readonly periods: readonly Period[];
  readonly new: readonly number[];
  readonly returning: readonly number[];
  readonly resurrecting: readonly number[];
  readonly dormant: readonly number[];
}

export interface StickinessAnswer {
  readonly counts: readonly number[];
  readonly intervals: readonly Period[];
}

export interface DistributionPeriod extends Period {
  readonly counts: readonly number[];
  readonly people: number;
  readonly average: Figure;
  readonly median: Figure;
}
export interface DistributionAnswer {
  readonly bins: readonly { readonly from: Figure; readonly to: Figure }[];
  readonly periods: readonly DistributionPeriod[];
  readonly by_breakdown?: Grouped<{ readonly periods: readonly DistributionPeriod[] }>;
}

export interface IntervalFigures {
  readonly count: number;
  readonly average_seconds: Figure;
  readonly minimum_seconds: Figure;
  readonly p25_seconds: Figure;
  readonly median_seconds: Figure;
  readonly p75_seconds: Figure;
  readonly maximum_seconds: Figure;
  readonly people: number;
}
export interface IntervalWithPeriods extends IntervalFigures {
  readonly periods: readonly (IntervalFigures & Period)[];
}
export interface IntervalAnswer extends IntervalWithPeriods {
  readonly by_breakdown?: Grouped<IntervalWithPeriods>;
}

export interface AttributionAnswer {
  readonly goals: number;
  readonly value: Figure;
  readonly people: number;
  readonly channels: readonly {
    readonly channel: string;
    readonly kind: "value" | "other" | "none";
    readonly touches: number;
    readonly goals: Readonly<Record<string, Figure>>;
    readonly value: Readonly<Record<string, Figure>> | null;
  }[];
}

export interface SessionFigures {
  readonly sessions: number;
  readonly people: number;
  readonly average_seconds: Figure;
  readonly median_seconds: Figure;
  readonly average_events: Figure;
  readonly average_pages: Figure;
  readonly bounce_rate: Figure;
}
export interface SessionPage {
  readonly page: string | null;
  readonly kind: string;
  readonly sessions: number;
}
export interface SessionAnswer {
  readonly periods: readonly (SessionFigures & Period)[];
  readonly total: SessionFigures;
  readonly entry_pages: readonly SessionPage[];
  readonly exit_pages: readonly SessionPage[];
  readonly by_breakdown?: Grouped<{ readonly total: SessionFigures }>;
}

export interface LtvAnswer {
  readonly rows: readonly { readonly start: string; readonly people: number; readonly values: readonly Figure[] }[];
}

export interface HeatMapAnswer {
  readonly clicks: number;
  readonly people: number;
  readonly elements: readonly {
    readonly page: string | null;
    readonly element: string | null;
    readonly clicks: number;
    readonly people: number;
    readonly share: number;
    readonly cells: readonly { readonly x: number; readonly y: number; readonly clicks: number }[];
  }[];
  readonly scroll: readonly { readonly depth: number; readonly people: number; readonly share: number }[] | null;
}

export interface RfmAnswer {
  readonly people: number;
  readonly groups: readonly {
    readonly name: string;
    readonly people: number;
    readonly share: number;
    readonly average_recency_days: Figure;
    readonly average_frequency: Figure;
    readonly average_value: Figure;
    readonly sum_value: Figure;
  }[];
  readonly cells: readonly {
    readonly recency: number;
    readonly frequency: number;
    readonly value: number;
    readonly people: number;
  }[];
  readonly movement: readonly { readonly from: string | null; readonly to: string | null; readonly people: number }[] | null;
}

export interface EngagementAnswer {
  readonly people: number;
  readonly average_points: Figure;
  readonly median_points: Figure;
  readonly buckets: readonly { readonly from: number; readonly to: number; readonly people: number }[];
  readonly parts: readonly { readonly name: string | null; readonly share: number }[];
}
