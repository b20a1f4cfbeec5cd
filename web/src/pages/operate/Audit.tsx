import { useAnswer } from "@/api/asking";
import { useFormat } from "@/app/format";
import { Card } from "@/parts/Card";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { words } from "./words";

/** Who did what, newest first. */
export function Audit() {
  const say = useWords(words);
  const format = useFormat();
  const page = useAnswer("/api/v1/audit", { query: { limit: 200 } });
  return (
    <Card title={say("audit")}>
      <Loaded query={page}>
        {({ entries }) => (
          <div className="scroll">
            <table className="plain">
              <thead>
                <tr>
                  <th>{say("when")}</th>
                  <th>{say("who")}</th>
                  <th>{say("what")}</th>
                  <th>{say("subject")}</th>
                  <th>{say("detail")}</th>
                </tr>
              </thead>
              <tbody>
                {entries.map((one) => (
                  <tr key={one.id}>
                    <td className="nowrap">{format.moment(one.at)}</td>
                    <td className="break">{one.actor}</td>
                    <td className="nowrap">{one.action}</td>
                    <td className="break">{one.subject}</td>
                    <td className="soft break">{one.detail}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </Card>
  );
}
