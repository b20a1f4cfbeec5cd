import { useQuery } from "@tanstack/react-query";
import { Tooltip } from "antd";
import { useAnswer } from "@/api/asking";
import { ROOT, send } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { shell } from "@/words/shell";
import { useWords } from "@/words/words";
import { type AlarmFact, AlarmTold } from "./Said";

export interface OpenHealth {
  status?: string;
  lag_ms?: number;
  lost?: number;
  /** How many stand: everybody reads this, so it does not say which. */
  alarms?: number;
}

const EVERY_MS = 5_000;
const LATE_MS = 5_000;

/** What the gateway tells everybody: lag, loss, the number of alarms. It answers also while the engine is away. */
export function useOpenHealth() {
  return useQuery<OpenHealth>({
    queryKey: ["open-health"],
    queryFn: () => send("GET", `${ROOT}/health`) as Promise<OpenHealth>,
    refetchInterval: EVERY_MS,
  });
}

/** The alarms of the engine and of workspaces one has a role in; nothing where the role may not see them, or nobody answers. */
function useMyAlarms(): readonly AlarmFact[] | undefined {
  const { may } = useSession();
  const { data, error } = useAnswer("/api/v1/health", {}, { enabled: may("operation.read"), every: EVERY_MS });
  return error ? undefined : data?.alarm_facts;
}

/** Whether what is shown is up to date, and whether anything was lost: in colour, and in words. */
export function Freshness() {
  const say = useWords(shell);
  const format = useFormat();
  const { data, error } = useOpenHealth();
  const lag = data?.lag_ms ?? 0;
  const alarms = useMyAlarms();
  const count = alarms?.length ?? data?.alarms ?? 0;
  const [tone, text] =
    error || !data
      ? ["unknown", say("noFreshness")]
      : data.lost
        ? ["bad", say("lostSome", { n: format.number(data.lost) })]
        : count
          ? ["warn", say("alarms", { n: count })]
          : lag > LATE_MS
            ? ["warn", say("behind", { s: format.duration(lag / 1000) })]
            : ["good", say("fresh")];
  return (
    <Tooltip title={count > 0 && alarms?.map((one) => <AlarmTold key={one.said} alarm={one} />)}>
      <span className={`badge ${tone}`} role="status">
        <i aria-hidden />
        {text}
      </span>
    </Tooltip>
  );
}
