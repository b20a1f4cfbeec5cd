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
const AGAIN_MS = 10_000;

interface Followed {
  readonly changes: readonly Change[];
  /** Whether the line was refused: too many are open, or the engine is away. It is tried again. */
  readonly isCut: boolean;
}

/**
 * The changes of one tag or segment from now on, newest first. A lost line is taken up again where it was. A page that
 * nobody sees holds none: a browser has six to a server, and whatever else its pages ask would wait for one.
 */
function useChanges(kind: "tag" | "segment", key: string): Followed {
  const { workspace } = useSession();
  const [changes, setChanges] = useState<readonly Change[]>([]);
  const [isCut, setCut] = useState(false);
  useEffect(() => {
    let stream: EventSource | null = null;
    let again: ReturnType<typeof setTimeout>;
    let last: number | undefined;
    const close = () => {
      clearTimeout(again);
      stream?.close();
    };
    const open = () => {
      close();
      const line = new EventSource(addressOf("/api/v1/changes/stream", { keys: key, after: last }));
      line.addEventListener("open", () => setCut(false));
      line.addEventListener("change", ({ data }: MessageEvent<string>) => {
        const change = JSON.parse(data) as Change;
        last = change.number;
        if (change.kind === kind) setChanges((before) => [change, ...before].slice(0, KEPT));
      });
      line.addEventListener("error", () => {
        if (line.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
        setCut(true);
        again = setTimeout(open, AGAIN_MS);
      });
      stream = line;
    };
    const follow = () => (document.hidden ? close() : open());
    setChanges([]);
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      close();
    };
  }, [kind, key, workspace]);
  return { changes, isCut };
}

export function Flips({ kind, name }: { kind: "tag" | "segment"; name: string }) {
  const say = useWords(words);
  const { changes, isCut } = useChanges(kind, name);
  return (
    <Card
      title={
        <span className="row" role="status">
          <i className="pulse" aria-hidden />
          {say("flips")}
        </span>
      }
    >
      {isCut && <p className="problem">{say("flipsCut")}</p>}
      {changes.length === 0 ? (
        !isCut && <p className="soft">{say("noFlips")}</p>
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
