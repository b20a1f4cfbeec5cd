import { useSourceNames } from "@/api/sources";
import { useFormat } from "@/app/format";
import { FlagSentences } from "@/parts/flags";
import { useWords } from "@/words/words";
import { judgeWords } from "./judge_words";
import type { Sampled } from "./report";

const WHY = { risk: "whyRisk", value: "whyValue", rest: "whyRest" } as const;

/** One drawn row: what it is, why it was drawn, and every value as it arrived beside what cleaning made of it. */
export function SampledRow({ row }: { row: Sampled }) {
  const say = useWords(judgeWords);
  const format = useFormat();
  const nameOf = useSourceNames();
  return (
    <>
      <header className="sampled-head">
        <h3 className="break">{row.event || row.type}</h3>
        <span className={row.stratum === "risk" ? "pill warn" : "pill"}>{say(row.stratum)}</span>
        {row.amount && <span className="pill">{say("worth", { amount: `${format.number(Number(row.amount))} ${row.currency}`.trim() })}</span>}
        <small className="sampled-when">
          {nameOf(row.source)} · {format.moment(row.occurred_at)}
        </small>
      </header>
      <div className="sampled-why">
        {say(WHY[row.stratum])}
        {row.stratum === "risk" && <FlagSentences flags={row.flags} flag_reason={row.flag_reason} />}
      </div>
      <Values row={row} />
    </>
  );
}

function Values({ row }: { row: Sampled }) {
  const say = useWords(judgeWords);
  const mended = new Map(row.mended.map((one) => [one.field, one]));
  const kept = new Set(row.mended.map((one) => one.kept_in));
  const names = [...new Set([...mended.keys(), ...Object.keys(row.properties).filter((name) => !kept.has(name))])];
  if (names.length === 0) return <p className="soft">{say("bare")}</p>;
  return (
    <div className="scroll" role="region" aria-label={say("ask")} tabIndex={0}>
      <table className="plain sampled-values">
        <thead>
          <tr>
            <th>{say("property")}</th>
            <th>{say("came")}</th>
            <th>{say("stored")}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const change = mended.get(name);
            return (
              <tr key={name} className={change ? "changed" : undefined}>
                <th scope="row">{name}</th>
                <td className="break">{told(change ? change.before : row.properties[name])}</td>
                <td className={change ? "break" : "soft"}>
                  {change ? change.after === null ? say("removed") : told(change.after) : say("unchanged")}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** A value as a person writes it: texts without quotes, everything else as JSON. */
function told(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
