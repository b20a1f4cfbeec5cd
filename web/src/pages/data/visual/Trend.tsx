import { useQuestion } from "@/api/asking";
import { useFormat } from "@/app/format";
import type { TrendAnswer } from "@/charts/answers";
import { useWords } from "@/words/words";
import { SINCE } from "./document";
import { words } from "./words";

const STEP = 7;
const TALL = 26;

/** How often it was clicked in the last days: the sum, and a bar a day. Drafts and retired ones are counted too. */
export function Trend({ where }: { where: unknown }) {
  const say = useWords(words);
  const format = useFormat();
  const asked = useQuestion({ kind: "trend", question: { series: [{ where }], date_from: SINCE } });
  const series = (asked.data?.answer as TrendAnswer | undefined)?.series[0];
  if (!series) return <span className="visual-trend">–</span>;
  const values = series.values.map((one) => one ?? 0);
  const most = Math.max(1, ...values);
  return (
    <span className="visual-trend">
      <b>{format.number(series.total)}</b>
      <svg width={values.length * STEP} height={TALL} role="img" aria-label={say("perDay", { days: values.join(", ") })}>
        {values.map((value, day) => {
          const height = value > 0 ? Math.max(2, (value / most) * TALL) : 1;
          return <rect key={day} x={day * STEP} y={TALL - height} width={STEP - 2} height={height} rx={1} />;
        })}
      </svg>
    </span>
  );
}
