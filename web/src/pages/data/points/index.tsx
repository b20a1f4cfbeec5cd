/** Collection points: how much of each channel is covered, which points are silent, what is not declared, what is lost. */

import { useAnswer } from "@/api/asking";
import { useFormat } from "@/app/format";
import { Card } from "@/parts/Card";
import { EmptyState } from "@/parts/EmptyState";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { Candidates } from "./Candidates";
import type { Register } from "./deciding";
import { Loss } from "./Loss";
import { Points } from "./Points";
import { channelWords, words } from "./words";

const COUNTED = ["declared", "live", "silent", "missing"] as const;

export function CollectionPoints() {
  const say = useWords(words);
  const register = useAnswer("/api/v1/points", {}, { every: 15_000 });
  return (
    <Loaded query={register} rows={8}>
      {(told) => (
        <>
          {told.overall.declared === 0 ? (
            <EmptyState title={say("nothing")}>
              <p>{say("nothingMore")}</p>
            </EmptyState>
          ) : (
            <>
              <Coverage register={told} />
              <Points register={told} />
            </>
          )}
          <Candidates />
          <Loss register={told} />
        </>
      )}
    </Loaded>
  );
}

/** Live of declared, channel by channel. */
function Coverage({ register }: { register: Register }) {
  const say = useWords(words);
  const sayChannel = useWords(channelWords);
  const format = useFormat();
  const lines = Object.entries(register.channels).map(([name, one]) => [sayChannel(name as keyof typeof channelWords), one] as const);
  const whole = lines.length > 1 ? [[say("every"), register.overall] as const] : [];
  return (
    <Card title={say("coverage")}>
      <p className="soft">{say("lead")}</p>
      <div className="scroll">
        <table className="plain">
          <thead>
            <tr>
              <th>{say("channel")}</th>
              <th className="number">{say("coverage")}</th>
              {COUNTED.map((what) => (
                <th key={what} className="number">{say(what)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...whole, ...lines].map(([name, one]) => (
              <tr key={name}>
                <td>{name}</td>
                <td className="number"><b>{format.percent(one.coverage)}</b></td>
                {COUNTED.map((what) => (
                  <td key={what} className="number">{format.number(one[what])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
