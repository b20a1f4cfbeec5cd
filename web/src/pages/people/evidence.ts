/** The evidence around a person as nodes and edges: what was said of the same two identifiers is one edge. */

import type { Answer } from "@/api/client";
import { strongestFirst } from "@/parts/strength";
import { spelled } from "./identifiers";

export type Evidence = Answer<"/api/v1/identity/evidence">;
export type Link = Evidence["links"][number];
type Known = Evidence["identifiers"][number];

/** Whose an identifier is: this person's, or once this person's or named beside one, and by now somebody else's. */
export interface Node extends Known {
  mine: boolean;
}

export interface Edge {
  a: Node;
  b: Node;
  /** Every way in which it was said, what holds first. */
  links: Link[];
  standing: Link["standing"];
  times: number;
}

export interface Graph {
  nodes: Node[];
  edges: Edge[];
}

export function graphOf(evidence: Evidence): Graph {
  const known = evidence.identifiers.map((one) => ({ ...one, mine: one.person === evidence.person }));
  const nodes = strongestFirst(known).toSorted((a, b) => Number(b.mine) - Number(a.mine));
  const byName = new Map(nodes.map((one) => [spelled(one), one]));
  const pairs = Map.groupBy(evidence.links, ({ a, b }) => [spelled(a), spelled(b)].toSorted().join("\n"));
  const edges = [...pairs.values()].flatMap((links): Edge[] => {
    const [first] = links;
    const a = first && byName.get(spelled(first.a));
    const b = first && byName.get(spelled(first.b));
    if (!a || !b) return []; // two identifiers that are masked alike cannot be told apart
    return [{ a, b, links, standing: first.standing, times: links.reduce((sum, one) => sum + one.times, 0) }];
  });
  return { nodes, edges };
}

/** What kind of thing an identifier is: it decides where it stands and its colour. */
export type Column = "account" | "contact" | "device";
export const COLUMNS: readonly Column[] = ["account", "contact", "device"];
const CONTACTS = new Set(["phone", "email", "member_card", "unionid", "openid", "id_card"]);
const DEVICES = new Set(["device_id", "anonymous_id", "cookie_id", "distinct_id", "idfa", "oaid", "imei", "android_id"]);

export function columnOf(type: string): Column {
  return DEVICES.has(type) ? "device" : CONTACTS.has(type) ? "contact" : "account";
}
