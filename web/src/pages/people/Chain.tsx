/** An explanation step by step: from one identifier over the evidence to the other, or what was refused between them. */

import type { Answer } from "@/api/client";
import { useSourceNames } from "@/api/sources";
import { useFormat } from "@/app/format";
import { useWords } from "@/words/words";
import { evidenceWords } from "./evidence_words";
import { spelled } from "./identifiers";
import { words } from "./words";

export type Explanation = Answer<"/api/v1/identity/explain">;

export function Chain({ explanation: { same_profile, path, refused } }: { explanation: Explanation }) {
  const say = useWords(words);
  const sayEvidence = useWords(evidenceWords);
  const format = useFormat();
  const sourceName = useSourceNames();
  return (
    <ol className="chain">
      {!same_profile && <li>{say("notSame")}</li>}
      {[...path, ...refused].map((step, place) => (
        <li key={place} className={step.refusal ? "refused" : undefined}>
          <b className="break">{spelled(step.a)}</b>
          <p className="soft">
            {say("sameBy", {
              rule: sayEvidence(`rule_${step.rule}` as "rule_identify"),
              source: sourceName(step.source),
              at: format.moment(step.at),
            })}
            {step.refusal && (
              <span className="block">{sayEvidence(`refusal_${step.refusal}` as "refusal_over_limit")}</span>
            )}
            <small className="block break">{sayEvidence("event", { id: step.event_id })}</small>
          </p>
          <b className="break">{spelled(step.b)}</b>
        </li>
      ))}
    </ol>
  );
}
