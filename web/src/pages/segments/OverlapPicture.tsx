import { useMemo } from "react";
import { useFormat } from "@/app/format";
import { usePreferences } from "@/app/preferences";
import { heightOfOverlap, overlapPicture, widthOfOverlap } from "@/charts/overlap";
import { inkOf } from "@/charts/palette";
import { Chart } from "@/parts/Chart";
import { useWords } from "@/words/words";
import type { NameOf, Overlaid, Part } from "./overlaid";
import { words } from "./words";

/** More bars than this say less, not more. */
const MOST_DRAWN = 20;

interface Shown {
  overlaid: Overlaid;
  nameOf: NameOf;
  onPick: ((part: Part) => void) | null;
}

/** The largest combinations. Wider than a phone: it is moved from side to side there. */
export function OverlapPicture({ overlaid, nameOf, onPick }: Shown) {
  const say = useWords(words);
  const format = useFormat();
  const { isDark } = usePreferences();
  const drawn = useMemo(() => {
    const parts = overlaid.parts.slice(0, MOST_DRAWN).map((one) => ({
      places: one.segments.map((key) => overlaid.segments.indexOf(key)),
      count: one.count,
      label: one.segments.map(nameOf).join(say("and")),
    }));
    const names = overlaid.segments.map(nameOf);
    const texts = {
      tooltip: (part: { label: string; count: number }) => `${part.label}\n${format.number(part.count)}`,
      number: format.number,
    };
    return { names, parts, option: overlapPicture(names, parts, inkOf(isDark), texts) };
  }, [overlaid, nameOf, say, format, isDark]);
  const { names, parts, option } = drawn;
  const pick = ({ data }: { data: unknown }) => {
    const part = overlaid.parts[(data as { part?: number }).part ?? -1];
    if (part) onPick?.(part);
  };
  const label = say("label", { n: parts.length, names: names.join(", ") });
  return (
    <div className="overlap-left">
      <section className="overlap-picture" tabIndex={0} aria-label={say("title")}>
        <div style={{ width: widthOfOverlap(parts) }}>
          <Chart option={option} label={label} height={heightOfOverlap(names)} onPick={pick} />
        </div>
      </section>
      {overlaid.parts.length > parts.length && (
        <p className="soft">{say("rest", { n: parts.length, all: overlaid.parts.length })}</p>
      )}
    </div>
  );
}
