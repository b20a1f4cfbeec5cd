/** The third step: the first rows on trial. How good they are, what is wrong with them, and whether they shall come in. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button, Spin } from "antd";
import type { ApiError } from "@/api/client";
import { call } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { ErrorState } from "@/parts/ErrorState";
import { Told } from "@/parts/Said";
import { useWords } from "@/words/words";
import type { Check, Import, Work } from "./asked";
import { Causes, Rejects } from "./Causes";
import { FatesBar, QualityPanel } from "./Quality";
import { words } from "./words";

interface Shown {
  work: Work;
  onBack: () => void;
  onBegun: (begun: Import, rows: number | null) => void;
}

export function CheckStep({ work, onBack, onBegun }: Shown) {
  const say = useWords(words);
  const { workspace } = useSession();
  const at = { upload_id: work.upload.id };
  const body = { source: work.source, mapping: work.mapping };
  const check = useQuery<Check, ApiError>({
    queryKey: [workspace, "check of an import", at, body],
    queryFn: ({ signal }) => call("post", "/api/v1/imports/uploads/{upload_id}/check", { at, body, signal }),
    retry: false,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const begin = useMutation({
    mutationFn: () => call("post", "/api/v1/imports/uploads/{upload_id}/begin", { at, body }),
    onSuccess: (one) => onBegun(one, check.data?.whole ? check.data.rows : linesOf(work)),
  });
  return (
    <div className="stack">
      {check.isFetching && (
        <div className="import-wait" role="status">
          <Spin />
          <span>{say("checking")}</span>
        </div>
      )}
      {check.error && !check.isFetching && <ErrorState failure={check.error} onRetry={() => void check.refetch()} />}
      {check.data && !check.isFetching && <Found check={check.data} />}
      {begin.error && <Alert type="error" showIcon title={say("failed")} description={<Told failure={begin.error} />} />}
      <div className="import-foot">
        <Button onClick={onBack}>{say("back")}</Button>
        <Button type="primary" disabled={!check.data || check.isFetching} loading={begin.isPending} onClick={() => begin.mutate()}>
          {say("start")}
        </Button>
      </div>
    </div>
  );
}

function Found({ check }: { check: Check }) {
  const say = useWords(words);
  const format = useFormat();
  return (
    <>
      {check.stored === 0 && <Alert type="error" showIcon title={say("nothingPasses")} />}
      <div className="import-found">
        <QualityPanel
          title={say("before")}
          note={say(check.whole ? "wholeFile" : "sample", { n: format.number(check.rows) })}
          index={check.index}
          dimensions={check.dimensions}
        />
        <FatesBar fates={check} />
      </div>
      <Rejects rejects={check.rejects} />
      <div>
        <h3 className="import-head">{say("causes")}</h3>
        <Causes causes={check.causes} />
        <p className="soft">{say("byDefault")}</p>
      </div>
    </>
  );
}

/** About how many rows the file has; null where its lines tell nothing of that. */
function linesOf({ upload, mapping }: Work): number | null {
  const isText = /\.(csv|tsv|txt|json|jsonl|ndjson|log)$/i.test(upload.file);
  return isText && upload.lines > 0 ? upload.lines - ((mapping.header ?? true) ? 1 : 0) : null;
}
