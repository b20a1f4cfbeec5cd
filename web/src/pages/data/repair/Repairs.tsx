import { useAnswer } from "@/api/asking";
import { useFormat } from "@/app/format";
import { Card } from "@/parts/Card";
import { reasonWords } from "@/words/rejections";
import { useWords } from "@/words/words";
import { words as dataWords } from "../words";
import { words } from "./words";

/** What was repaired, and what came of it. */
export function Repairs() {
  const say = useWords(words);
  const sayData = useWords(dataWords);
  const sayReason = useWords(reasonWords);
  const format = useFormat();
  const past = useAnswer("/api/v1/quarantine/repairs", { query: { limit: 20 } });
  const repairs = past.data?.repairs ?? [];
  if (repairs.length === 0) return null;
  return (
    <Card title={say("past")}>
      <div className="scroll">
        <table className="plain">
          <thead>
            <tr>
              <th>{say("at")}</th>
              <th>{sayData("reason")}</th>
              <th>{say("steps")}</th>
              <th>{say("result")}</th>
            </tr>
          </thead>
          <tbody>
            {repairs.map((one) => {
              const told = one.repair as { reason?: string; steps?: unknown[] };
              const result = say("done", { passed: format.number(one.passed), tried: format.number(one.tried) });
              return (
                <tr key={one.id}>
                  <td className="nowrap">{format.moment(one.at)}</td>
                  <td>{told.reason ? sayReason(told.reason) : "–"}</td>
                  <td>{say("stepCount", { n: told.steps?.length ?? 0 })}</td>
                  <td>
                    {result} {one.state === "running" && <span className="pill">{say("running")}</span>}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
