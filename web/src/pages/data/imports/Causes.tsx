/** Why the quality is not 100, and the rows that show it. */

import { useFormat } from "@/app/format";
import { useWords } from "@/words/words";
import { useCause } from "../quality/Causes";
import { words as qualityWords } from "../quality/words";
import type { Check } from "./asked";
import { rowReasons, words as importWords } from "./words";

const words = { ...qualityWords, ...importWords };
const MOST_FACTS = 8;
const LONGEST = 60;

interface Cause {
  readonly dimension: string;
  readonly cause: string;
  readonly event: string;
  readonly property: string;
  readonly found: number;
  readonly row?: number | null;
  readonly message?: unknown;
}

/** What was found wrong, the most frequent first; with an example where one is known. */
export function Causes({ causes }: { causes: readonly Cause[] }) {
  const say = useWords(words);
  const told = useCause();
  const format = useFormat();
  if (causes.length === 0) return <p className="soft">{say("perfect")}</p>;
  return (
    <div className="scroll">
      <table className="plain">
        <thead>
          <tr>
            <th>{say("cause")}</th>
            <th>{say("where")}</th>
            <th className="number">{say("found")}</th>
          </tr>
        </thead>
        <tbody>
          {causes.map((one) => (
            <tr key={`${one.dimension} ${one.cause} ${one.event} ${one.property}`}>
              <td className="break" title={one.cause}>
                {told(one.cause)} <small>{say(one.dimension as keyof typeof words)}</small>
                {one.row !== undefined && one.row !== null && <Facts row={one.row} facts={factsOf(one.message)} />}
              </td>
              <td className="break">{[one.event, one.property].filter(Boolean).join(" · ") || "–"}</td>
              <td className="number">{format.number(one.found)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The first rows of which nothing can be made, with their cells. */
export function Rejects({ rejects }: { rejects: Check["rejects"] }) {
  const say = useWords(words);
  const sayReason = useWords(rowReasons);
  if (rejects.length === 0) return null;
  return (
    <div>
      <h3 className="import-head">{say("unreadRows")}</h3>
      <ul className="import-rejects">
        {rejects.map((one) => (
          <li key={one.number}>
            <span className="pill bad">{sayReason(one.reason)}</span>
            <Facts row={one.number} facts={Object.entries(one.cells).map(([name, cell]) => [name, cell ?? ""])} />
          </li>
        ))}
      </ul>
    </div>
  );
}

type Fact = readonly [name: string, value: string];

function Facts({ row, facts }: { row: number; facts: readonly Fact[] }) {
  const say = useWords(words);
  const format = useFormat();
  return (
    <small className="import-facts">
      <b>{say("rowNumber", { n: format.number(row) })}</b>
      {facts.slice(0, MOST_FACTS).map(([name, value]) => (
        <span key={name}>
          {name} <code>{value.slice(0, LONGEST) || "–"}</code>
        </span>
      ))}
    </small>
  );
}

/** What stands in a message, its ways of saying it aside. */
function factsOf(message: unknown, before = ""): Fact[] {
  if (typeof message !== "object" || message === null) return [];
  return Object.entries(message as Record<string, unknown>).flatMap(([name, value]): Fact[] => {
    if (before === "" && (name === "type" || name === "messageId")) return [];
    const path = before && before !== "properties" && before !== "traits" ? `${before}.${name}` : name;
    if (value === null || value === "") return [];
    if (path === "identifiers" && Array.isArray(value)) return value.map(([type, id]: string[]) => [type ?? "", id ?? ""]);
    return typeof value === "object" ? factsOf(value, path) : [[path, String(value)]];
  });
}
