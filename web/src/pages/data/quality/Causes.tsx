import { useSourceNames } from "@/api/sources";
import { useFormat } from "@/app/format";
import { Card } from "@/parts/Card";
import { reasonHeads } from "@/words/flags";
import { reasonWords } from "@/words/rejections";
import { useWords, type Words } from "@/words/words";
import type { Report } from "./report";
import { causeWords, words } from "./words";

/** Where the words of a cause are looked for; the last that knows it says it. */
const KNOWN: Words = { ...reasonHeads, ...reasonWords, ...causeWords };

/** Says a cause in words; of a constraint with its name. */
export function useCause(): (cause: string) => string {
  const say = useWords(KNOWN);
  return (cause) => {
    const [head = cause, ...rest] = cause.split(":");
    return say(KNOWN[cause] ? cause : head, { what: rest.join(":") });
  };
}

/** What was found wrong, the most frequent first. */
export function Causes({ report }: { report: Report }) {
  const say = useWords(words);
  const told = useCause();
  const format = useFormat();
  const nameOf = useSourceNames();
  return (
    <Card title={say("causes")}>
      {report.causes.length === 0 && <p className="soft">{say("perfect")}</p>}
      {report.causes.length > 0 && (
        <div className="scroll">
          <table className="plain">
            <thead>
              <tr>
                <th>{say("cause")}</th>
                <th>{say("where")}</th>
                <th>{say("dimension")}</th>
                <th>{say("source")}</th>
                <th className="number">{say("found")}</th>
                <th>{say("lastDay")}</th>
              </tr>
            </thead>
            <tbody>
              {report.causes.map((one) => (
                <tr key={`${one.source} ${one.dimension} ${one.cause} ${one.event} ${one.property}`}>
                  <td className="break" title={one.cause}>{told(one.cause)}</td>
                  <td className="break">{[one.event, one.property].filter(Boolean).join(" · ") || "–"}</td>
                  <td className="soft">{say(one.dimension)}</td>
                  <td>{nameOf(one.source)}</td>
                  <td className="number">{format.number(one.found)}</td>
                  <td className="nowrap">{format.shortDay(`${one.last_day}T12:00:00Z`)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
