/** What a rule can name: the events there were, the tags, segments and identifiers there are. */

import { useMemo } from "react";
import { useAnswer, useQuestion } from "@/api/asking";
import { useSession } from "@/app/session";
import { useSaid } from "@/words/words";

type Named = { value: string; label?: string };

export interface Known {
  events: Named[];
  tags: Named[];
  segments: Named[];
  identifiers: Named[];
  traits: Named[];
}

const IDENTIFIERS = [
  "user_id",
  "phone",
  "email",
  "member_card",
  "openid",
  "unionid",
  "device_id",
  "anonymous_id",
] as const;
const NAMES_ASKED = {
  kind: "trend",
  question: {
    series: [{ event: null, math: "total" }],
    date_from: "-89d",
    interval: "month",
    breakdown: { property: "$event", limit: 200 },
  },
};

interface Broken {
  by_breakdown?: { value: (string | null)[]; kind: string }[];
}

export function useKnown(): Known {
  const { may } = useSession();
  const said = useSaid();
  const asked = useQuestion(may("questions.ask") ? NAMES_ASKED : null);
  const tags = useAnswer("/api/v1/tags");
  const segments = useAnswer("/api/v1/segments");
  return useMemo(() => {
    const groups = (asked.data?.answer as Broken | undefined)?.by_breakdown ?? [];
    const events = groups.filter((one) => one.kind === "value" && one.value[0]).map((one) => ({ value: one.value[0] ?? "" }));
    const named = (of: readonly { key: string; document: object; version: number | null }[]) =>
      of
        .filter((one) => one.version !== null)
        .map((one) => ({ value: one.key, label: said((one.document as { name?: object }).name) || one.key }));
    return {
      events,
      tags: named(tags.data?.tags ?? []),
      segments: named(segments.data?.segments ?? []),
      identifiers: IDENTIFIERS.map((value) => ({ value })),
      traits: ["name", "city", "gender", "birthday", "email", "phone"].map((value) => ({ value })),
    };
  }, [asked.data, tags.data, segments.data, said]);
}
