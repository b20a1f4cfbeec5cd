import { Link } from "react-router";
import { useQuestion } from "@/api/asking";
import { useFormat } from "@/app/format";
import { Card } from "@/parts/Card";
import { Delta } from "@/parts/Figure";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { BY_EVENT_BEFORE, BY_EVENT_NOW, type Move, movesOf, proofOf, type Trend } from "./week";
import { words } from "./words";

/** What people did more or less than the week before, in sentences, each with the question that proves it. */
export function Changes() {
  const say = useWords(words);
  const now = useQuestion(BY_EVENT_NOW);
  const before = useQuestion(BY_EVENT_BEFORE);
  return (
    <Card title={say("changes")}>
      <Loaded query={before}>
        {(past) => (
          <Loaded query={now}>
            {(present) => (
              <Sentences moves={movesOf(present.answer as unknown as Trend, past.answer as unknown as Trend)} />
            )}
          </Loaded>
        )}
      </Loaded>
    </Card>
  );
}

function Sentences({ moves }: { moves: readonly Move[] }) {
  const say = useWords(words);
  const format = useFormat();
  if (moves.length === 0) return <p className="soft">{say("calm")}</p>;
  return (
    <>
      <ul className="moves">
        {moves.map((one) => {
          const how = one.before === 0 ? "began" : one.now === 0 ? "stopped" : "rose";
          const values = { event: one.event, now: format.number(one.now), before: format.number(one.before) };
          return (
            <li key={one.event}>
              <Delta value={one.now} before={one.before} />
              <span className="break">{say(how, values)}</span>
              <Link to={proofOf(one.event)}>{say("proof")}</Link>
            </li>
          );
        })}
      </ul>
      <p>
        <small>{say("because")}</small>
      </p>
    </>
  );
}
