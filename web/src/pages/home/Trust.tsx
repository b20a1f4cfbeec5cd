import { Link } from "react-router";
import { useAnswer } from "@/api/asking";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { Freshness } from "@/parts/Freshness";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { words } from "./words";

const TERMS = ["accepted", "stored", "duplicate", "quarantined", "refused"] as const;

/** Lag, loss, and where every accepted event went. */
export function Trust({ freshness }: { freshness: string | null }) {
  const say = useWords(words);
  const format = useFormat();
  const { may } = useSession();
  const accounts = useAnswer("/api/v1/accounting", { query: { limit: 1 } }, { every: 15_000 });
  return (
    <Card title={say("trust")}>
      <div className="stack">
        <span>
          <Freshness />
        </span>
        {freshness && <p className="soft">{say("newest", { at: format.moment(freshness) })}</p>}
        <Loaded query={accounts} rows={4}>
          {({ total, closed }) => (
            <>
              <table className="plain">
                <tbody>
                  {TERMS.map((term) => (
                    <tr key={term}>
                      <td>{say(term)}</td>
                      <td className="number">{format.number(total[term])}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <p className={closed ? "soft" : "problem"}>{say(closed ? "closes" : "open")}</p>
              {total.quarantined > 0 && may("quarantine.read") && <Link to="/data/quarantine">{say("repair")}</Link>}
            </>
          )}
        </Loaded>
        {may("events.read") && <Link to="/live">{say("goLive")}</Link>}
      </div>
    </Card>
  );
}
