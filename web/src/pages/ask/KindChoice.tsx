import { useTalk } from "@/charts/talk";
import type { Kind } from "@/charts/views";
import { ORDER } from "./kinds";

/** The fourteen kinds, each with what it answers. */
export function KindChoice({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  const { say } = useTalk();
  return (
    <>
      <div className="kinds" role="radiogroup" aria-label={say("start")}>
        {ORDER.map((one) => (
          <label key={one} className={one === kind ? "kind chosen" : "kind"} title={say(`about.${one}`)}>
            <input type="radio" name="kind" value={one} checked={one === kind} onChange={() => onChange(one)} />
            {say(`kind.${one}`)}
          </label>
        ))}
      </div>
      <p className="kind-about">{say(`about.${kind}`)}</p>
    </>
  );
}
