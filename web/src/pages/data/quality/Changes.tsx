import { useSourceNames } from "@/api/sources";
import { useFormat } from "@/app/format";
import { Card } from "@/parts/Card";
import { useWords } from "@/words/words";
import { useCause } from "./Causes";
import type { Report } from "./report";
import { words } from "./words";

/** Since when a dimension of a source is better or worse, newest first, a sentence each. */
export function Changes({ report }: { report: Report }) {
  const say = useWords(words);
  const sayCause = useCause();
  const format = useFormat();
  const nameOf = useSourceNames();
  return (
    <Card title={say("changes")}>
      <ul className="quality-changes">
        {report.changes.map((one) => (
          <li key={`${one.source} ${one.dimension} ${one.since}`}>
            {say(one.after < one.before ? "fell" : "rose", {
              day: format.shortDay(`${one.since}T12:00:00Z`),
              dimension: say(one.dimension),
              source: nameOf(one.source),
              before: format.number(one.before),
              after: format.number(one.after),
            })}
            {one.cause && (
              <small className="soft break">
                {say(one.after < one.before ? "because" : "noLonger")}{" "}
                {[sayCause(one.cause.cause), one.cause.event, one.cause.property].filter(Boolean).join(" · ")}
              </small>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
