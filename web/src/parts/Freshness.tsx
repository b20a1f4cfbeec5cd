import { useQuery } from "@tanstack/react-query";
import { Tooltip } from "antd";
import { ROOT, send } from "@/api/client";
import { useFormat } from "@/app/format";
import { shell } from "@/words/shell";
import { useWords } from "@/words/words";
import { type AlarmFact, AlarmTold } from "./Said";

export interface OpenHealth {
  status?: string;
  lag_ms?: number;
  lost?: number;
  alarm_facts?: AlarmFact[];
}

const EVERY_MS = 5_000;
const LATE_MS = 5_000;

/** What the gateway tells everybody: lag, loss, alarms. It answers also while the engine is away. */
export function useOpenHealth() {
  return useQuery<OpenHealth>({
    queryKey: ["open-health"],
    queryFn: () => send("GET", `${ROOT}/health`) as Promise<OpenHealth>,
    refetchInterval: EVERY_MS,
  });
}

/** Whether what is shown is up to date, and whether anything was lost: in colour, and in words. */
export function Freshness() {
  const say = useWords(shell);
  const format = useFormat();
  const { data, error } = useOpenHealth();
  const lag = data?.lag_ms ?? 0;
  const alarms = data?.alarm_facts ?? [];
  const [tone, text] =
    error || !data
      ? ["unknown", say("noFreshness")]
      : data.lost
        ? ["bad", say("lostSome", { n: format.number(data.lost) })]
        : alarms.length
          ? ["warn", say("alarms", { n: alarms.length })]
          : lag > LATE_MS
            ? ["warn", say("behind", { s: format.duration(lag / 1000) })]
            : ["good", say("fresh")];
  return (
    <Tooltip title={alarms.length > 0 && alarms.map((one) => <AlarmTold key={one.said} alarm={one} />)}>
      <span className={`badge ${tone}`} role="status">
        <i aria-hidden />
        {text}
      </span>
    </Tooltip>
  );
}
