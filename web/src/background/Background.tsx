/** What goes on in the background: long questions, imports, exports. Seen from every page, found again after a reload. */

import { LoadingOutlined } from "@ant-design/icons";
import { Button, Popover } from "antd";
import { type ReactNode, useEffect, useState } from "react";
import { Link } from "react-router";
import { useAnswer, useChange } from "@/api/asking";
import { type Answer, call } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { cancelJob, useJob } from "@/pages/ask/asking";
import { useToldText } from "@/parts/Said";
import { askFields } from "@/words/ask_fields";
import { useWords } from "@/words/words";
import "./background.css";
import { dropExport, type Export, useExports } from "./exports";
import { useBackgroundQuestions } from "./mine";
import { type BackgroundQuestion, drop } from "./questions";
import { words } from "./words";

type Import = Answer<"/api/v1/imports">["imports"][number];
const WATCHED_MS = 2_000;
const LOOKED_FOR_MS = 30_000;

/** Nothing while nothing goes on. */
export function Background() {
  const say = useWords(words);
  const [isOpen, setOpen] = useState(false);
  const questions = useBackgroundQuestions().filter((one) => !one.isSeen);
  const imports = useRunningImports();
  const exports = useExports();
  const count = questions.length + imports.length + exports.length;
  if (!count) return null;
  const list = (
    <ul className="background" onClick={(event) => (event.target as Element).closest("a") && setOpen(false)}>
      {questions.map((one) => (
        <QuestionLine key={one.id} one={one} />
      ))}
      {imports.map((one) => (
        <ImportLine key={one.id} one={one} />
      ))}
      {exports.map((one) => (
        <ExportLine key={one.id} one={one} />
      ))}
    </ul>
  );
  return (
    <Popover content={list} title={say("title")} trigger="click" placement="bottomRight" open={isOpen} onOpenChange={setOpen}>
      <Button size="small" icon={<LoadingOutlined spin={imports.length + exports.length > 0} />} aria-expanded={isOpen}>
        {say("running", { n: count })}
      </Button>
    </Popover>
  );
}

/** Imports on their way. Begun elsewhere they are noticed a little later. */
function useRunningImports(): readonly Import[] {
  const { may } = useSession();
  const [every, setEvery] = useState(LOOKED_FOR_MS);
  const all = useAnswer("/api/v1/imports", {}, { enabled: may("sources.read"), every });
  const running = all.data?.imports.filter((one) => one.state === "running") ?? [];
  const isAny = running.length > 0;
  useEffect(() => setEvery(isAny ? WATCHED_MS : LOOKED_FOR_MS), [isAny]);
  return running;
}

function Line({ what, name, state, children }: { what: string; name: string; state: ReactNode; children: ReactNode }) {
  return (
    <li>
      <span>
        <small>{what}</small>
        <b className="break">{name}</b>
        <small role="status">{state}</small>
      </span>
      <span className="background-acts">{children}</span>
    </li>
  );
}

function QuestionLine({ one }: { one: BackgroundQuestion }) {
  const say = useWords(words);
  const sayKind = useWords(askFields);
  const format = useFormat();
  const job = useJob(one.id);
  const isGone = job.error?.status === 404;
  useEffect(() => {
    if (isGone) drop(one.id);
  }, [isGone, one.id]);
  const state = job.data?.state ?? "waiting";
  const isRunning = state === "waiting" || state === "running";
  const { rows_read: read = 0, rows_to_read: whole = 0 } = job.data?.progress ?? {};
  const share = whole > 0 ? [say("read", { share: format.percent(Math.min(1, read / whole)) })] : [];
  const told = {
    waiting: say("waits"),
    running: [say("runs", { time: format.duration((job.data?.milliseconds ?? 0) / 1000) }), ...share].join(" · "),
    done: say("done"),
    failed: say("failed"),
    cancelled: say("cancelled"),
  }[state];
  const end = () => (isRunning ? void cancelJob(one.id).finally(() => job.refetch()) : drop(one.id));
  const at = `/ask?${new URLSearchParams({ kind: one.kind, q: JSON.stringify(one.question) })}`;
  return (
    <Line what={say("question")} name={sayKind(`kind.${one.kind}` as keyof typeof askFields)} state={told}>
      <Link to={at}>{say("show")}</Link>
      <Button size="small" onClick={end}>
        {say(isRunning ? "stop" : "dismiss")}
      </Button>
    </Line>
  );
}

function ImportLine({ one }: { one: Import }) {
  const say = useWords(words);
  const format = useFormat();
  const { may } = useSession();
  const cancel = useChange(() => call("post", "/api/v1/imports/{import_id}/cancel", { at: { import_id: one.id } }));
  return (
    <Line what={say("import")} name={one.file} state={say("rows", { n: format.number(one.rows) })}>
      <Link to="/data/imports">{say("show")}</Link>
      {may("sources.write") && (
        <Button size="small" loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
          {say("stop")}
        </Button>
      )}
    </Line>
  );
}

function ExportLine({ one: { id, title, failure, stop } }: { one: Export }) {
  const say = useWords(words);
  const told = useToldText();
  return (
    <Line what={say("export")} name={title} state={failure ? told(failure) : say("making")}>
      <Button size="small" onClick={failure ? () => dropExport(id) : stop}>
        {say(failure ? "dismiss" : "stop")}
      </Button>
    </Line>
  );
}
