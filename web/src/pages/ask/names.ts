/** What there is to choose from: names of events, of properties, of tags and segments, as this workspace has them. */
import { createContext, useContext, useMemo } from "react";
import { useAnswer, useQuestion } from "@/api/asking";
import { useSession } from "@/app/session";
import type { TrendAnswer } from "@/charts/answers";

export interface Known {
  readonly name: string;
  /** How often, or how it is shown. */
  readonly note: string;
}

export interface Names {
  readonly events: readonly Known[];
  readonly properties: readonly Known[];
  readonly tags: readonly Known[];
  readonly segments: readonly Known[];
}

const NOTHING: Names = { events: [], properties: [], tags: [], segments: [] };
const Context = createContext<Names>(NOTHING);
export const NamesProvider = Context.Provider;
export const useNames = () => useContext(Context);

/** All names of the last ninety days. Each is a suggestion: whoever knows another one may write it. */
const EVENTS_ASKED = {
  kind: "trend",
  question: {
    series: [{ event: null }],
    interval: "year",
    date_from: "-89d",
    robots: "include",
    breakdown: { property: "$event", limit: 500 },
  },
};

/** Standard fields that every event may have, after the properties that events really have. */
const STANDARD = [
  "$event", "$type", "$source", "$url_path", "$url_host", "$page_title", "$referrer_host", "$utm_source",
  "$utm_medium", "$utm_campaign", "$device_type", "$os", "$browser", "$app_version", "$locale", "$region_code",
  "$channel", "$amount", "$currency", "$product_id", "$category", "$element",
]; // prettier-ignore
const SAMPLED = 300;

/** Asked once, when the page opens. A role that may not read something simply gets no suggestions of it. */
export function useKnownNames(): Names {
  const { may } = useSession();
  const events = useQuestion(EVENTS_ASKED);
  const sample = useAnswer("/api/v1/events", { query: { limit: SAMPLED } }, { enabled: may("events.read") });
  const tags = useAnswer("/api/v1/tags", {}, { enabled: may("tags.read") });
  const segments = useAnswer("/api/v1/segments", {}, { enabled: may("tags.read") });
  return useMemo(
    () => ({
      events: namesOf(events.data?.answer as unknown as TrendAnswer | undefined),
      properties: propertiesOf(sample.data?.events ?? []),
      tags: (tags.data?.tags ?? []).map((one) => ({ name: one.key, note: String(one.people) })),
      segments: (segments.data?.segments ?? []).map((one) => ({ name: one.key, note: String(one.people) })),
    }),
    [events.data, sample.data, tags.data, segments.data],
  );
}

export function namesOf(answer: TrendAnswer | undefined): Known[] {
  return (answer?.by_breakdown ?? []).flatMap((group) => {
    const name = group.value[0];
    return group.kind === "value" && name ? [{ name, note: String(group.series[0]?.total ?? "") }] : [];
  });
}

/** The properties of a sample of events, those first that most events have. */
export function propertiesOf(events: readonly { readonly properties?: unknown }[]): Known[] {
  const counts = new Map<string, number>();
  for (const { properties } of events) {
    for (const name of Object.keys((properties ?? {}) as object)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const found = [...counts].sort((one, other) => other[1] - one[1]).map(([name]) => ({ name, note: "" }));
  return [...found, ...STANDARD.map((name) => ({ name, note: "" }))];
}
