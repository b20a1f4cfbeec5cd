import { useFormat } from "@/app/format";
import { useWords } from "@/words/words";
import type { NameOf, Overlaid, Part } from "./overlaid";
import { words } from "./words";

interface Shown {
  overlaid: Overlaid;
  nameOf: NameOf;
  onPick: ((part: Part) => void) | null;
}

/** Every combination with how many are in exactly it: what the picture says, for keys and for ears. */
export function OverlapTable({ overlaid, nameOf, onPick }: Shown) {
  const say = useWords(words);
  const format = useFormat();
  const called = ({ segments }: Part) =>
    segments.length === 1 ? say("only", { name: nameOf(segments[0] ?? "") }) : segments.map(nameOf).join(say("and"));
  return (
    <div className="scroll">
      <table className="plain">
        <thead>
          <tr>
            <th>{say("exactly")}</th>
            <th className="number">{say("people")}</th>
            <th className="number">{say("share")}</th>
          </tr>
        </thead>
        <tbody>
          {overlaid.parts.map((one) => (
            <tr key={one.segments.join(" ")}>
              <td>{called(one)}</td>
              <td className="number">
                {onPick ? (
                  <button
                    type="button"
                    className="link"
                    aria-label={`${called(one)}: ${format.number(one.count)}`}
                    onClick={() => onPick(one)}
                  >
                    {format.number(one.count)}
                  </button>
                ) : (
                  format.number(one.count)
                )}
              </td>
              <td className="number soft">{format.percent(one.count / overlaid.in_any)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
