import { Skeleton, Spin } from "antd";
import { shell } from "@/words/shell";
import { useWords } from "@/words/words";

/** Something is on its way. `whole`: nothing else is on the screen. */
export function Waiting({ whole = false, rows = 5 }: { whole?: boolean; rows?: number }) {
  const say = useWords(shell);
  return (
    <div className={whole ? "state whole" : "waiting"} role="status" aria-label={say("loading")}>
      {whole ? <Spin size="large" /> : <Skeleton active paragraph={{ rows }} />}
    </div>
  );
}
