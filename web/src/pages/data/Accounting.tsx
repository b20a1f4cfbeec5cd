import { useAnswer } from "@/api/asking";
import type { Answer } from "@/api/client";
import { useSourceNames } from "@/api/sources";
import { useFormat } from "@/app/format";
import { Card } from "@/parts/Card";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { words } from "./words";

const TERMS = ["accepted", "stored", "quarantined", "duplicate", "refused"] as const;
type Figures = Answer<"/api/v1/accounting">["total"];

/** Where everything went that was accepted, source by source. */
export function Accounting() {
  const say = useWords(words);
  const accounts = useAnswer("/api/v1/accounting", { query: { limit: 1 } }, { every: 10_000 });
  const nameOf = useSourceNames();
  return (
    <Loaded query={accounts}>
      {({ closed, total, by_source }) => (
        <Card title={say("accounting")}>
          <p className={closed ? "soft" : "problem"}>{say(closed ? "closes" : "opens")}</p>
          <div className="scroll">
            <table className="plain">
              <thead>
                <tr>
                  <th>{say("source")}</th>
                  {TERMS.map((term) => (
                    <th key={term} className="number">
                      {say(term)}
                    </th>
                  ))}
                  <th className="number">{say("loss")}</th>
                </tr>
              </thead>
              <tbody>
                <Line name={say("all")} figures={total} isWhole />
                {Object.entries(by_source).map(([id, figures]) => (
                  <Line key={id} name={nameOf(id)} figures={figures} />
                ))}
              </tbody>
            </table>
          </div>
        </Card>
      )}
    </Loaded>
  );
}

function Line({ name, figures, isWhole = false }: { name: string; figures: Figures; isWhole?: boolean }) {
  const format = useFormat();
  return (
    <tr>
      <td className="break">{isWhole ? <b>{name}</b> : name}</td>
      {TERMS.map((term) => (
        <td key={term} className="number">
          {format.number(figures[term])}
        </td>
      ))}
      <td className="number">{format.percent(figures.accepted ? figures.quarantined / figures.accepted : 0)}</td>
    </tr>
  );
}
