/** The view of an answer, by its kind. The only place that trusts an answer to have the shape of its kind. */
import type { Talk, View } from "../model";
import { attributionView } from "./attribution";
import { distributionView } from "./distribution";
import { engagementView } from "./engagement";
import { funnelView } from "./funnel";
import { heatMapView } from "./heat_map";
import { intervalView } from "./interval";
import { lifecycleView } from "./lifecycle";
import { ltvView } from "./ltv";
import { pathsView } from "./paths";
import { retentionView } from "./retention";
import { rfmView } from "./rfm";
import { sessionView } from "./session";
import { stickinessView } from "./stickiness";
import { trendView } from "./trend";

const VIEWS = {
  attribution: attributionView,
  distribution: distributionView,
  engagement: engagementView,
  funnel: funnelView,
  heat_map: heatMapView,
  interval: intervalView,
  lifecycle: lifecycleView,
  ltv: ltvView,
  paths: pathsView,
  retention: retentionView,
  rfm: rfmView,
  session: sessionView,
  stickiness: stickinessView,
  trend: trendView,
} as const;

export type Kind = keyof typeof VIEWS;
export const KINDS = Object.keys(VIEWS) as Kind[];

/** Looks at an answer's envelope: `question` is the resolved one, with every default filled in. */
export function viewOf(
  envelope: { readonly kind: string; readonly question: unknown; readonly answer: unknown },
  talk: Talk,
): View {
  const view = VIEWS[envelope.kind as Kind] as (answer: unknown, question: unknown, talk: Talk) => View;
  return view(envelope.answer, envelope.question, talk);
}
