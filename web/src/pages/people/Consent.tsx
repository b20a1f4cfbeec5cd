/** What a person allows, by purpose: since when, and which event said so. */

import { useSourceNames } from "@/api/sources";
import { useFormat } from "@/app/format";
import { Card } from "@/parts/Card";
import { useWords } from "@/words/words";
import { consentWords } from "./evidence_words";
import type { Profile } from "./profile";

type Answers = NonNullable<Profile["consent"]>;

export function Consent({ person }: { person: Profile }) {
  const say = useWords(consentWords);
  const answers = Object.entries(person.consent ?? {});
  const told = answers.filter(([, one]) => one.since);
  const assumed = answers.filter(([, one]) => !one.since);
  return (
    <Card title={say("consent")}>
      {answers.length === 0 && <p className="soft">{say("nothingKnown")}</p>}
      <ul className="holdings consent">
        {told.map(([purpose, answer]) => (
          <Purpose key={purpose} name={purpose} answer={answer} />
        ))}
      </ul>
      {assumed.length > 0 && (
        <>
          <p className="soft">{say("neverRefused")}</p>
          <p className="row assumed">
            {assumed.map(([purpose, answer]) => (
              <span key={purpose} className={answer.granted ? "pill on" : "pill bad"}>
                {called(say, purpose)}
              </span>
            ))}
          </p>
        </>
      )}
    </Card>
  );
}

/** Purposes of other names than ours are called by those. */
function called(say: (key: "analytics") => string, purpose: string): string {
  return purpose in consentWords ? say(purpose as "analytics") : purpose;
}

function Purpose({ name, answer }: { name: string; answer: Answers[string] }) {
  const say = useWords(consentWords);
  const format = useFormat();
  const sourceName = useSourceNames();
  return (
    <li>
      <span>
        <b>{called(say, name)}</b>
        <small className="break">
          {say("since", { at: format.moment(answer.since) })}
          <br />
          {say("saidBy", { event: answer.event_id ?? "–", source: sourceName(answer.source ?? "–") })}
        </small>
      </span>
      <span className={answer.granted ? "pill on" : "pill bad"}>{say(answer.granted ? "allowed" : "refused")}</span>
    </li>
  );
}
