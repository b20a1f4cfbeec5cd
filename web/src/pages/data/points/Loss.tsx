import { useSourceNames } from "@/api/sources";
import { useFormat } from "@/app/format";
import { Card } from "@/parts/Card";
import { useWords } from "@/words/words";
import type { Register } from "./deciding";
import { words } from "./words";

const COUNTED = ["pages", "sent", "lost", "open"] as const;

/** What each source lost on the way, as its pages numbered it. */
export function Loss({ register }: { register: Register }) {
  const say = useWords(words);
  const format = useFormat();
  const nameOf = useSourceNames();
  return (
    <Card title={say("loss")}>
      <p className="soft">{say(register.loss.length ? "lossLead" : "noLoss")}</p>
      {register.loss.length > 0 && (
        <div className="scroll">
          <table className="plain">
            <thead>
              <tr>
                <th>{say("source")}</th>
                {COUNTED.map((what) => (
                  <th key={what} className="number">{say(what)}</th>
                ))}
                <th className="number">{say("share")}</th>
              </tr>
            </thead>
            <tbody>
              {register.loss.map((one) => (
                <tr key={one.source}>
                  <td className="break">{nameOf(one.source)}</td>
                  {COUNTED.map((what) => (
                    <td key={what} className="number">{format.number(one[what])}</td>
                  ))}
                  <td className="number">{format.percent(one.share)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
