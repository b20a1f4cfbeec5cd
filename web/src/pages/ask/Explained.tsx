import { useFormat } from "@/app/format";
import { usePreferences } from "@/app/preferences";
import { figure } from "@/charts/figures";
import { useTalk } from "@/charts/talk";
import { Copyable } from "@/parts/Copyable";
import { sentenceIn } from "@/words/sentences";
import type { Envelope } from "./asking";

/** Under an answer: how exact and how fresh it is, what was left out, what was asked, and the SQL that ran. */
export function Explained({ envelope }: { envelope: Envelope }) {
  const talk = useTalk();
  const { say } = talk;
  const format = useFormat();
  const isExact = envelope.exactness === "exact";
  return (
    <details className="card explained">
      <summary>
        {say("how")}
        <small>
          {isExact ? say("exact") : say("approximate")} · {say("fresh_to", { time: format.moment(envelope.freshness) })} ·{" "}
          {say("rows_read", { n: figure(envelope.rows_read, "count", talk), time: `${envelope.milliseconds} ms` })}
        </small>
      </summary>
      {envelope.notes.length > 0 && (
        <>
          <h3>{say("notes")}</h3>
          <ul className="notes">
            {envelope.notes.map((note) => (
              <Note key={note} english={note} />
            ))}
          </ul>
        </>
      )}
      <h3>{say("question_json")}</h3>
      <Copyable text={JSON.stringify({ kind: envelope.kind, question: envelope.question }, null, 2)} />
      <h3>SQL</h3>
      {envelope.sql.map((one, place) => (
        <div key={place} className="statement">
          <Copyable text={one.sql} />
          <pre className="values">{JSON.stringify(one.values, null, 1)}</pre>
        </div>
      ))}
    </details>
  );
}

/** A note in the language of the page; one that has no Chinese yet says that it is English. */
function Note({ english }: { english: string }) {
  const { language } = usePreferences();
  const told = sentenceIn(language, english);
  return told === null ? <li lang="en">{english}</li> : <li>{told}</li>;
}
