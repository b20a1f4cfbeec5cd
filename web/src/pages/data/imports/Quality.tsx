/** The quality of an import at one moment, and what became of its rows. */

import type { Answer } from "@/api/client";
import { useFormat } from "@/app/format";
import { useWords } from "@/words/words";
import { words as qualityWords } from "../quality/words";
import type { Check } from "./asked";
import { words as importWords } from "./words";

const words = { ...qualityWords, ...importWords };
type Dimensions = Answer<"/api/v1/quality">["dimensions"] | Check["dimensions"];

interface Shown {
  title: string;
  note: string;
  index: number | null;
  dimensions: Dimensions;
  /** The index of the other moment, to tell the way it went. */
  before?: number | null;
}

/** One number large, and the six that it is made of. */
export function QualityPanel({ title, note, index, dimensions, before }: Shown) {
  const say = useWords(words);
  const format = useFormat();
  const moved = before === undefined || before === null || index === null ? 0 : Math.round((index - before) * 10) / 10;
  return (
    <section className="quality-panel" aria-label={title}>
      <h3>{title}</h3>
      <p className="quality-number">
        <b>{format.number(index)}</b> <small>{say("outOf")}</small>
        {moved !== 0 && <span className={moved > 0 ? "delta up" : "delta down"}>{`${moved > 0 ? "▲ +" : "▼ −"}${format.number(Math.abs(moved))}`}</span>}
      </p>
      <p className="soft">{note}</p>
      <dl>
        {Object.entries(dimensions).map(([name, one]) => (
          <div key={name}>
            <dt>{say(name as keyof typeof words)}</dt>
            <dd>
              <i className="bar">
                <i className={(one.score ?? 100) < 90 ? "low" : ""} style={{ width: `${one.score ?? 0}%` }} />
              </i>
              <span>{format.number(one.score)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const FATES = ["stored", "quarantined", "duplicate", "refused", "rejected"] as const;
type Fates = Readonly<Record<(typeof FATES)[number], number>>;

/** Where the rows go, as one bar with its legend. */
export function FatesBar({ fates }: { fates: Fates }) {
  const say = useWords(words);
  const format = useFormat();
  const there = FATES.filter((one) => fates[one] > 0);
  const rows = there.reduce((sum, one) => sum + fates[one], 0);
  return (
    <figure className="fates" aria-label={say("fates")}>
      <figcaption>{say("fates")}</figcaption>
      <div className="fates-bar" aria-hidden="true">
        {there.map((one) => (
          <i key={one} className={one} style={{ width: `${(100 * fates[one]) / rows}%` }} />
        ))}
      </div>
      <ul>
        {there.map((one) => (
          <li key={one}>
            <i className={one} aria-hidden="true" />
            {say(one)} <b>{format.number(fates[one])}</b> <small>{format.percent(fates[one] / rows)}</small>
          </li>
        ))}
      </ul>
    </figure>
  );
}
