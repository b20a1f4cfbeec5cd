/** Files on their way in, and those that came: each with its quality before and after, and taken back on request. */

import { Button, Popconfirm, Progress } from "antd";
import { Fragment, useState } from "react";
import { useAnswer, useChange } from "@/api/asking";
import { call } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { EmptyState } from "@/parts/EmptyState";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { reasonWords } from "@/words/rejections";
import { words as dataWords } from "../words";
import type { Import } from "./asked";
import { ReportOf } from "./BeforeAfter";
import "./imports.css";
import { Wizard } from "./Wizard";
import { rowReasons, words as importWords } from "./words";

const words = { ...dataWords, ...importWords };
const causes = { ...reasonWords, ...rowReasons };
const WATCH_MS = 2_000;

export function Imports() {
  const say = useWords(words);
  const { may } = useSession();
  const [isNew, setNew] = useState(false);
  const all = useAnswer("/api/v1/imports", {}, { every: WATCH_MS });
  const begin = may("sources.write") && !isNew && (
    <Button type="primary" onClick={() => setNew(true)}>
      {say("upload")}
    </Button>
  );
  return (
    <>
      {isNew && <Wizard onDone={() => setNew(false)} />}
      <Loaded
        query={all}
        empty={({ imports }) =>
          imports.length === 0 &&
          (isNew ? <span /> : (
            <EmptyState title={say("noImports")}>
              <p>{say("uploadMore")}</p>
              {begin}
            </EmptyState>
          ))
        }
      >
        {({ imports }) => (
          <Card title={say("imports")} aside={begin}>
            <div className="scroll">
              <table className="plain">
                <thead>
                  <tr>
                    <th>{say("file")}</th>
                    <th>{say("source")}</th>
                    <th>{say("state")}</th>
                    <th className="number">{say("rows")}</th>
                    <th className="number">{say("bad")}</th>
                    <th>{say("share")}</th>
                    <th>{say("started")}</th>
                    <th />
                  </tr>
                </thead>
                <tbody>
                  {imports.map((one) => (
                    <Line key={one.id} one={one} />
                  ))}
                </tbody>
              </table>
            </div>
          </Card>
        )}
      </Loaded>
    </>
  );
}

function Line({ one }: { one: Import }) {
  const say = useWords(words);
  const sayCause = useWords(causes);
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const reasons = Object.entries(one.reasons).map(([reason, n]) => `${sayCause(reason)} ${format.number(n)}`);
  const pill = one.state === "done" ? "pill on" : one.state === "failed" ? "pill bad" : "pill";
  return (
    <Fragment>
      <tr>
        <td className="break">
          <b>{one.file}</b>
          {one.problem && <small className="block problem">{one.problem}</small>}
        </td>
        <td className="break">{one.source_name}</td>
        <td>
          <span className={pill}>{say(one.state)}</span>
        </td>
        <td className="number">{format.number(one.rows)}</td>
        <td className="number">
          {format.number(one.rejected)}
          {reasons.length > 0 && <small className="block">{reasons.join(", ")}</small>}
        </td>
        <td className="quality">
          {one.rows > 0 && <Progress percent={Math.round((one.sent / one.rows) * 1000) / 10} size="small" aria-label={say("share")} />}
        </td>
        <td className="nowrap">{format.moment(one.started_at)}</td>
        <td className="right">
          <div className="import-acts">
            {(one.state === "done" || one.state === "cancelled") && (
              <Button size="small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
                {say("report")}
              </Button>
            )}
            <Ends one={one} />
          </div>
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={8}>
            <ReportOf id={one.id} />
          </td>
        </tr>
      )}
    </Fragment>
  );
}

/** How an import ends early, or is taken back. */
function Ends({ one }: { one: Import }) {
  const say = useWords(words);
  const { may } = useSession();
  const at = { import_id: one.id };
  const undo = useChange(() => call("post", "/api/v1/imports/{import_id}/undo", { at }));
  const cancel = useChange(() => call("post", "/api/v1/imports/{import_id}/cancel", { at }));
  if (one.state === "running") {
    return may("sources.write") ? (
      <Button size="small" loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
        {say("cancel")}
      </Button>
    ) : null;
  }
  if (one.state === "undone" || !may("sources.delete_data")) return null;
  return (
    <Popconfirm title={say("undoAsk")} okText={say("undo")} onConfirm={() => undo.mutate(undefined)}>
      <Button size="small" loading={undo.isPending}>
        {say("undo")}
      </Button>
    </Popconfirm>
  );
}
