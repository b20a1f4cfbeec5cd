/** The evidence that makes all these identifiers one person, drawn, and once more as a table for everybody. */

import { Drawer } from "antd";
import { useMemo, useState } from "react";
import { useAnswer } from "@/api/asking";
import { useSourceNames } from "@/api/sources";
import { useFormat } from "@/app/format";
import { usePreferences } from "@/app/preferences";
import { heightOfGraph, identityGraph } from "@/charts/identity_graph";
import { inkOf } from "@/charts/palette";
import { Card } from "@/parts/Card";
import { Chart } from "@/parts/Chart";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { COLUMNS, columnOf, type Edge, type Graph, graphOf } from "./evidence";
import { EvidenceOf } from "./EvidenceOf";
import { evidenceWords } from "./evidence_words";
import { spelled } from "./identifiers";
import type { Profile } from "./profile";

const MOST_DRAWN = 30;

export function IdentityGraph({ person }: { person: Profile }) {
  const say = useWords(evidenceWords);
  const found = useAnswer("/api/v1/identity/evidence", { query: { of: `profile:${person.id}` } });
  return (
    <Card title={say("graph")} className="identity-graph">
      <Loaded query={found} rows={6}>
        {(evidence) => <Drawn graph={graphOf(evidence)} more={evidence.more} />}
      </Loaded>
    </Card>
  );
}

function Drawn({ graph, more }: { graph: Graph; more: number }) {
  const say = useWords(evidenceWords);
  const [asked, setAsked] = useState<Edge | null>(null);
  if (!graph.edges.length) return <p className="soft">{say("nothingLinked")}</p>;
  return (
    <>
      <p className="soft">{say("graphLead")}</p>
      <div className="graph-and-table">
        <Picture graph={graph} onPick={setAsked} />
        <Table graph={graph} onPick={setAsked} />
      </div>
      {more > 0 && <p className="soft">{say("moreLinks", { n: more })}</p>}
      <Drawer open={asked !== null} onClose={() => setAsked(null)} title={say("evidence")} size={480}>
        {asked && <EvidenceOf edge={asked} />}
      </Drawer>
    </>
  );
}

interface Picking {
  graph: Graph;
  onPick: (edge: Edge) => void;
}

function Picture({ graph, onPick }: Picking) {
  const say = useWords(evidenceWords);
  const { isDark } = usePreferences();
  const sayEdge = useEdgeWords();
  const { spots, lines, edges } = useMemo(() => {
    const nodes = graph.nodes.slice(0, MOST_DRAWN);
    const shown = graph.edges.filter((one) => nodes.includes(one.a) && nodes.includes(one.b));
    return {
      spots: nodes.map((one) => ({ type: one.type, value: one.value, column: COLUMNS.indexOf(columnOf(one.type)), hollow: !one.mine })),
      lines: shown.map((one) => ({
        from: nodes.indexOf(one.a),
        to: nodes.indexOf(one.b),
        dashed: one.standing !== "holds",
        times: one.times,
        label: sayEdge(one),
      })),
      edges: shown,
    };
  }, [graph, sayEdge]);
  const option = useMemo(() => identityGraph(spots, lines, inkOf(isDark)), [spots, lines, isDark]);
  const pick = ({ data }: { data: unknown }) => {
    const edge = edges[(data as { line?: number }).line ?? -1];
    if (edge) onPick(edge);
  };
  return (
    <figure className="graph-picture">
      <Chart option={option} label={say("graphLabel", { n: spots.length, m: lines.length })} height={heightOfGraph(spots)} onPick={pick} />
      <figcaption className="graph-legend">
        {COLUMNS.map((one) => (
          <span key={one} className={`legend-${one}`}>
            {say(one)}
          </span>
        ))}
        <span className="legend-past">{say("notNow")}</span>
      </figcaption>
    </figure>
  );
}

/** An edge in a line: how it was said, how often, whether it holds. */
function useEdgeWords(): (edge: Edge) => string {
  const say = useWords(evidenceWords);
  return useMemo(
    () => (edge) => {
      const rules = [...new Set(edge.links.map((one) => say(`rule_${one.rule}` as "rule_identify")))].join(" · ");
      return `${rules} · ${say("times", { n: edge.times })} · ${say(edge.standing)}`;
    },
    [say],
  );
}

function Table({ graph, onPick }: Picking) {
  const say = useWords(evidenceWords);
  const format = useFormat();
  const sourceName = useSourceNames();
  const sayEdge = useEdgeWords();
  return (
    <div className="scroll">
      <table className="plain">
        <caption className="hidden-caption">{say("graph")}</caption>
        <thead>
          <tr>
            <th>{say("between")}</th>
            <th>{say("said")}</th>
            <th>{say("standing")}</th>
          </tr>
        </thead>
        <tbody>
          {graph.edges.map((edge) => (
            <tr key={`${spelled(edge.a)} ${spelled(edge.b)}`}>
              <td className="break">
                <button
                  type="button"
                  className="link"
                  aria-label={`${say("evidence")}: ${spelled(edge.a)} – ${spelled(edge.b)}, ${sayEdge(edge)}`}
                  onClick={() => onPick(edge)}
                >
                  {edge.a.value} – {edge.b.value}
                </button>
                <small className="block">
                  {edge.a.type} – {edge.b.type}
                </small>
              </td>
              <td>
                {say(`rule_${edge.links[0]?.rule ?? "together"}` as "rule_identify")}
                <small className="block">
                  {edge.links[0] && `${sourceName(edge.links[0].source)} · ${format.moment(edge.links[0].last_at)}`}
                </small>
              </td>
              <td>
                <span className={edge.standing === "holds" ? "pill on" : "pill"}>{say(edge.standing)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
