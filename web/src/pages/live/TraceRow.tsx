import { useState } from "react";
import { Link } from "react-router";
import { useFormat } from "@/app/format";
import { useWords } from "@/words/words";
import type { Trace } from "./tail";
import { Did } from "./Did";
import { stageNames, words } from "./words";

const TONES: Readonly<Record<string, string>> = { stored: "on", quarantined: "bad", duplicate: "", refused: "warn" };

/** One event: a line that opens to what each stage did. */
export function TraceRow({ trace, source }: { trace: Trace; source: string }) {
  const say = useWords(words);
  const sayStage = useWords(stageNames);
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const stages = Object.entries(trace.stages);
  return (
    <li className="trace">
      <div className="trace-line">
        <time dateTime={trace.received_at}>{format.time(trace.received_at)}</time>
        <button type="button" className="link break" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {trace.event || trace.type}
        </button>
        <span className="soft break">{source}</span>
        <span>{trace.person > 0 && <Link to={`/people/profile:${trace.person}`}># {trace.person}</Link>}</span>
        <span className={`pill ${TONES[trace.outcome] ?? ""}`}>{say(trace.outcome as keyof typeof words)}</span>
      </div>
      {isOpen && (
        <dl className="trace-stages">
          {stages.length === 0 && <dd>{say("untouched")}</dd>}
          {stages.map(([stage, did]) => (
            <div key={stage}>
              <dt>{sayStage(stage)}</dt>
              <dd className="break">
                <Did stage={stage} did={did} />
              </dd>
            </div>
          ))}
          <div>
            <dt>{say("occurred")}</dt>
            <dd>{format.moment(trace.occurred_at)}</dd>
          </div>
          <div>
            <dt>{say("messageId")}</dt>
            <dd className="break">
              <code>{trace.message_id}</code>
            </dd>
          </div>
        </dl>
      )}
    </li>
  );
}
