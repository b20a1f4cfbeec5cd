import { useFormat } from "@/app/format";
import { shell } from "@/words/shell";
import { useWords } from "@/words/words";

interface Shown {
  label: string;
  value: number | null;
  /** The figure of the period before, where there is one. */
  before?: number | null;
  kind?: "number" | "percent";
  onClick?: () => void;
}

/** A number with what it is, and how it moved. It opens the people behind it where it can. */
export function Figure({ label, value, before, kind = "number", onClick }: Shown) {
  const format = useFormat();
  const text = kind === "percent" ? format.percent(value) : format.number(value);
  return (
    <div className="figure">
      <span className="label">{label}</span>
      {onClick ? (
        <button type="button" className="value link" onClick={onClick}>
          {text}
        </button>
      ) : (
        <span className="value">{text}</span>
      )}
      {before !== undefined && <Delta value={value} before={before} />}
    </div>
  );
}

/** How much a figure rose or fell, with a sign and an arrow as well as a colour. */
export function Delta({ value, before }: { value: number | null; before: number | null }) {
  const say = useWords(shell);
  const format = useFormat();
  if (value === null || before === null || before === 0) return <span className="delta even">–</span>;
  const share = (value - before) / Math.abs(before);
  const way = Math.abs(share) < 0.0005 ? "even" : share > 0 ? "up" : "down";
  return (
    <span className={`delta ${way}`} title={say("vsBefore")}>
      {way === "up" ? "▲ +" : way === "down" ? "▼ −" : ""}
      {format.percent(Math.abs(share))}
    </span>
  );
}
