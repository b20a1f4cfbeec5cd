/** Whom a tag or segment comes to and leaves, as it happens, with how long that took from the receipt of its cause. */

import { useEffect, useState } from "react";
import { Link } from "react-router";
import { addressOf, type Answer } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { useWords } from "@/words/words";
import { words } from "./words";

type Change = Answer<"/api/v1/changes">["changes"][number];
const KEPT = 12;

/** The changes of one tag or segment from now on, newest first. A lost line is taken up again where it was. */
function useChanges(kind: "tag" | "segment", key: string): readonly Change[] {
  const { workspace } = useSession();
  const [changes, setChanges] = useState<readonly Change[]>([]);
  useEffect(() => {
    setChanges([]);
    const stream = new EventSource(addressOf("/api/v1/changes/stream", { keys: key }));
    stream.addEventListener("change", ({ data }: MessageEvent<string>) => {
      const change = JSON.parse(data) as Change;
      if (change.kind === kind) setChanges((before) => [change, ...before].slice(0, KEPT));
    });
    return () => stream.close();
  }, [kind, key, workspace]);
  return changes;
}

export function Flips({ kind, name }: { kind: "tag" | "segment"; name: string }) {
  const say = useWords(words);
  const changes = useChanges(kind, name);
  return (
    <Card
      title={
        <span className="row" role="status">
          <i className="pulse" aria-hidden />
          {say("flips")}
        </span>
      }
    >
      {changes.length === 0 ? (
        <p className="soft">{say("noFlips")}</p>
      ) : (
        <ol className="flips">
          {changes.map((one) => (
            <Flip key={one.number} change={one} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function Flip({ change }: { change: Change }) {
  const say = useWords(words);
  const format = useFormat();
  const isGone = change.new === null || change.new === false;
  const value = typeof change.new === "boolean" ? "" : String(change.new);
  return (
    <li>
      <time dateTime={new Date(change.at).toISOString()}>{format.time(change.at)}</time>
      <Link to={`/people/profile:${change.person}`}># {change.person}</Link>
      <span className={isGone ? "pill" : "pill on"}>{isGone ? say("lostIt") : value || say("gotIt")}</span>
      <small>{change.latency_ms === null ? say("byTime") : say("tookMs", { n: format.number(change.latency_ms) })}</small>
    </li>
  );
}
