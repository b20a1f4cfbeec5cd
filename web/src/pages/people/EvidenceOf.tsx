/** All evidence of one link, and why the two are one person or are not, step by step. */

import { useAnswer } from "@/api/asking";
import { useSourceNames } from "@/api/sources";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import type { Edge, Link } from "./evidence";
import { evidenceWords } from "./evidence_words";
import { Chain } from "./Chain";
import { spelled } from "./identifiers";

export function EvidenceOf({ edge }: { edge: Edge }) {
  const say = useWords(evidenceWords);
  const { may } = useSession();
  const canAsk = may("personal.read"); // an identifier that is masked names nobody
  const said = { query: { a: spelled(edge.a), b: spelled(edge.b) } };
  const found = useAnswer("/api/v1/identity/explain", said, { enabled: canAsk });
  return (
    <div className="stack">
      <p>
        <b className="break">{spelled(edge.a)}</b> – <b className="break">{spelled(edge.b)}</b>
      </p>
      <p>
        <span className={edge.standing === "holds" ? "pill on" : "pill warn"}>{say(edge.standing)}</span>{" "}
        <span className="soft">{say(`${edge.standing}_more`)}</span>
      </p>
      {edge.links.map((one, place) => (
        <Said key={place} link={one} />
      ))}
      {canAsk && (
        <>
          <h3>{say("why")}</h3>
          <Loaded query={found}>{(explanation) => <Chain explanation={explanation} />}</Loaded>
        </>
      )}
    </div>
  );
}

/** One way in which it was said: by whom, with which key, how often. */
function Said({ link }: { link: Link }) {
  const say = useWords(evidenceWords);
  const format = useFormat();
  const sourceName = useSourceNames();
  const row = (name: string, value: string) => (
    <div>
      <dt>{name}</dt>
      <dd className="break">{value}</dd>
    </div>
  );
  return (
    <dl className="facts reason">
      {row(say("said"), say(`rule_${link.rule}` as "rule_identify"))}
      {row(say("source"), sourceName(link.source))}
      {row(say("key"), say(`key_${link.key}` as "key_secret"))}
      {row(say("howOften"), say("times", { n: format.number(link.times) }))}
      {row(say("first"), format.moment(link.first_at))}
      {row(say("last"), format.moment(link.last_at))}
    </dl>
  );
}
