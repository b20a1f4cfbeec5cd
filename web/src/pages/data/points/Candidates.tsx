import { Button } from "antd";
import { useAnswer } from "@/api/asking";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { type Candidate, useConfirm, useDismiss } from "./deciding";
import { words } from "./words";

const SHOWN = 20;

/** Places where behaviour is captured and that nobody declared: each to be confirmed or dismissed. */
export function Candidates() {
  const say = useWords(words);
  const candidates = useAnswer("/api/v1/points/candidates", { query: { limit: SHOWN } });
  return (
    <Card title={say("blind")}>
      <Loaded query={candidates} empty={(told) => told.candidates.length === 0 && <p className="soft">{say("noBlind")}</p>}>
        {(told) => (
          <>
            <p className="soft">{say("blindLead")}</p>
            <div className="scroll">
              <table className="plain">
                <tbody>
                  {told.candidates.map((one) => (
                    <Line key={one.name} candidate={one} />
                  ))}
                </tbody>
              </table>
            </div>
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Line({ candidate }: { candidate: Candidate }) {
  const say = useWords(words);
  const format = useFormat();
  const { may } = useSession();
  const confirm = useConfirm();
  const dismiss = useDismiss();
  const busy = confirm.isPending || dismiss.isPending;
  return (
    <tr>
      <td className="break">
        {candidate.name}
        <small className="block soft">{format.moment(candidate.last_seen)}</small>
      </td>
      <td className="number">{format.number(candidate.events)}</td>
      <td>
        {may("policies.write") && (
          <span className="row">
            <Button size="small" type="primary" disabled={busy} onClick={() => confirm.mutate(candidate)} aria-label={`${say("confirm")} ${candidate.name}`}>
              {say("confirm")}
            </Button>
            <Button size="small" disabled={busy} onClick={() => dismiss.mutate(candidate)} aria-label={`${say("dismiss")} ${candidate.name}`}>
              {say("dismiss")}
            </Button>
          </span>
        )}
      </td>
    </tr>
  );
}
