import { useAnswer } from "@/api/asking";
import { useSourceNames } from "@/api/sources";
import { useFormat } from "@/app/format";
import { Card } from "@/parts/Card";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { changeWords, words } from "./words";

const SHOWN = 8;

/** What became different in what sources send, newest first, each with an example. */
export function Changes() {
  const say = useWords(words);
  const sayKind = useWords(changeWords);
  const format = useFormat();
  const changes = useAnswer("/api/v1/plan/changes", { query: { limit: SHOWN } });
  const nameOf = useSourceNames();
  return (
    <Card title={say("changes")}>
      <Loaded query={changes} empty={(told) => told.changes.length === 0 && <p className="soft">{say("noChanges")}</p>}>
        {(told) => (
          <ul className="plan-changes">
            {told.changes.map((one) => (
              <li key={`${one.source} ${one.event} ${one.property} ${one.kind} ${one.at}`}>
                <span className={one.kind.endsWith("_new") ? "pill" : "pill warn"}>{sayKind(one.kind)}</span>
                <span className="break">
                  <b>{[one.event, one.property].filter(Boolean).join(" · ")}</b>{" "}
                  {one.example && <code>{say("such", { example: one.example })}</code>}
                  <small className="block">
                    {nameOf(one.source)} · {format.moment(one.at)}
                  </small>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}
