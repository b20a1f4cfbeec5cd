import { Alert } from "antd";
import { useAnswer } from "@/api/asking";
import { useFormat } from "@/app/format";
import { Card } from "@/parts/Card";
import { Figure } from "@/parts/Figure";
import { Loaded } from "@/parts/Loaded";
import { AlarmTold } from "@/parts/Said";
import { useWords } from "@/words/words";
import { words } from "./words";

const EVERY_MS = 3_000;

/** Lag, loss, alarms, and every figure there is. */
export function Health() {
  const say = useWords(words);
  const format = useFormat();
  const health = useAnswer("/api/v1/health", {}, { every: EVERY_MS });
  return (
    <Loaded query={health}>
      {({ well, lag_ms, lost, alarm_facts, figures }) => (
        <>
          <Alert
            className="gap"
            type={well ? "success" : "error"}
            showIcon
            title={well ? say("well") : say("notWell")}
            description={
              alarm_facts.length > 0 &&
              alarm_facts.map((one) => (
                <div key={one.said}>
                  <AlarmTold alarm={one} />
                </div>
              ))
            }
          />
          <div className="tiles">
            {(
              [
                ["lag", lag_ms / 1000],
                ["lost", lost],
                ["waiting", figures.rows_waiting ?? 0],
                ["tagLatency", figures.tag_latency_p99_ms ?? 0],
              ] as const
            ).map(([name, value]) => (
              <div key={name} className="card">
                <Figure label={say(name)} value={value} />
              </div>
            ))}
          </div>
          <Card title={say("figures")}>
            <div className="figures-table">
              {Object.entries(figures).map(([name, value]) => (
                <div key={name}>
                  <span className="soft">{name.replaceAll("_", " ")}</span>
                  <b>{format.number(value)}</b>
                </div>
              ))}
            </div>
          </Card>
        </>
      )}
    </Loaded>
  );
}
