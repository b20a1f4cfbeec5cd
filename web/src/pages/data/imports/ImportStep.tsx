/** The last step: the import on its way, to be stopped; then its quality after beside the one before. */

import { Alert, Button, Progress } from "antd";
import { useEffect, useState } from "react";
import { useAnswer, useChange } from "@/api/asking";
import { call } from "@/api/client";
import { useFormat } from "@/app/format";
import { ErrorState } from "@/parts/ErrorState";
import { InWords } from "@/parts/Said";
import { useWords } from "@/words/words";
import type { Import } from "./asked";
import { ReportOf } from "./BeforeAfter";
import { words } from "./words";

const WATCH_MS = 1_000;

interface Shown {
  begun: Import;
  /** About how many rows there are, where that is known. */
  expected: number | null;
  onBack: () => void;
  onDone: () => void;
}

export function ImportStep({ begun, expected, onBack, onDone }: Shown) {
  const say = useWords(words);
  const format = useFormat();
  const [state, setState] = useState<Import["state"]>(begun.state);
  const at = { import_id: begun.id };
  const told = useAnswer("/api/v1/imports/{import_id}", { at }, state === "running" ? { every: WATCH_MS } : {});
  const cancel = useChange(() => call("post", "/api/v1/imports/{import_id}/cancel", { at }));
  const one = told.data ?? begun;
  useEffect(() => setState(one.state), [one.state]);
  const rows = format.number(one.rows);
  return (
    <div className="stack">
      {told.error && <ErrorState failure={told.error} onRetry={() => void told.refetch()} />}
      {one.state === "running" && (
        <div className="import-running" role="status">
          <b>{say("running")}</b>
          <Progress percent={share(one.rows, expected)} status="active" showInfo={expected !== null} aria-label={say("running")} />
          <span>{say("rowsSoFar", { n: rows })}</span>
          <small>{say("leave")}</small>
          <Button loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
            {say("cancel")}
          </Button>
        </div>
      )}
      {one.state === "cancelled" && <Alert type="warning" showIcon title={say("stopped", { n: rows })} />}
      {one.state === "failed" && (
        <Alert type="error" showIcon title={say("failed")} description={<InWords text={say("stopped", { n: rows })} original={one.problem} />} />
      )}
      {one.state === "done" && <Alert type="success" showIcon title={say("finished", { n: format.number(one.sent) })} />}
      {(one.state === "done" || (one.state === "cancelled" && one.sent > 0)) && <ReportOf id={one.id} />}
      {one.state !== "running" && (
        <div className="import-foot">
          <Button onClick={onBack}>{say("back")}</Button>
          <Button type="primary" onClick={onDone}>
            {say("close")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** How far it is; never whole before it is over. */
function share(rows: number, expected: number | null): number {
  return expected ? Math.min(99, Math.round((100 * rows) / expected)) : 0;
}
