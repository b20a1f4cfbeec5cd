import { Button, Popconfirm, Progress } from "antd";
import { useState } from "react";
import { useAnswer, useChange } from "@/api/asking";
import { type Answer, call } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { EmptyState } from "@/parts/EmptyState";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { Upload } from "./Upload";
import { reasonWords } from "@/words/rejections";
import { words } from "./words";

type Import = Answer<"/api/v1/imports">["imports"][number];
const WATCH_MS = 2_000;

/** What was imported, how far it is, how good it was. */
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
      {isNew && <Upload onDone={() => setNew(false)} />}
      <Loaded
        query={all}
        empty={({ imports }) =>
          imports.length === 0 && (
            <EmptyState title={say("noImports")}>
              <p>{say("uploadMore")}</p>
              {begin}
            </EmptyState>
          )
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
  const sayReason = useWords(reasonWords);
  const format = useFormat();
  const { may } = useSession();
  const undo = useChange(() => call("post", "/api/v1/imports/{import_id}/undo", { at: { import_id: one.id } }));
  const reasons = Object.entries(one.reasons).map(([reason, n]) => `${sayReason(reason)} ${format.number(n)}`);
  return (
    <tr>
      <td className="break">
        <b>{one.file}</b>
        {one.problem && <small className="block problem">{one.problem}</small>}
      </td>
      <td>{one.source_name}</td>
      <td>
        <span className={one.state === "done" ? "pill on" : one.state === "failed" ? "pill bad" : "pill"}>
          {say(one.state)}
        </span>
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
        {one.state === "done" && may("sources.delete_data") && (
          <Popconfirm title={say("undoAsk")} okText={say("undo")} onConfirm={() => undo.mutate(undefined)}>
            <Button size="small" loading={undo.isPending}>
              {say("undo")}
            </Button>
          </Popconfirm>
        )}
      </td>
    </tr>
  );
}
