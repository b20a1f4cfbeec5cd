/** What could not be taken in, whole and with its cause; repaired here and sent through again. */

import { App, Button, Drawer, Input, Popconfirm, Select } from "antd";
import { useState } from "react";
import { useAnswer, useChange } from "@/api/asking";
import { type Answer, call, type Said } from "@/api/client";
import { useSourceNames } from "@/api/sources";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { EmptyState } from "@/parts/EmptyState";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { reasonSentences, reasonWords } from "@/words/rejections";
import { Groups } from "./repair/Groups";
import { Repairs } from "./repair/Repairs";
import { words } from "./words";

type Waiting = Answer<"/api/v1/quarantine">["quarantined"][number];
type Reason = NonNullable<NonNullable<Said<"/api/v1/quarantine", "get">["query"]>["reason"]>;

export function Quarantine() {
  const say = useWords(words);
  const sayReason = useWords(reasonWords);
  const sayMeaning = useWords(reasonSentences);
  const format = useFormat();
  const [reason, setReason] = useState<Reason | "">("");
  const [opened, setOpened] = useState<Waiting | null>(null);
  const counts = useAnswer("/api/v1/quarantine/reasons");
  const page = useAnswer("/api/v1/quarantine", { query: { limit: 100, ...(reason ? { reason } : {}) } });
  const nameOf = useSourceNames();
  const reasons = Object.entries(counts.data?.reasons ?? {});
  return (
    <Loaded
      query={page}
      empty={({ quarantined }) =>
        quarantined.length === 0 &&
        !reason && (
          <>
            <EmptyState title={say("noQuarantine")}>
              <p>{say("noQuarantineMore")}</p>
            </EmptyState>
            <Repairs />
          </>
        )
      }
    >
      {({ quarantined }) => (
        <>
          <Groups />
          <Card
            title={say("oneByOne")}
            aside={
              <Select<Reason | "">
                aria-label={say("reason")}
                value={reason}
                onChange={setReason}
                popupMatchSelectWidth={false}
                options={[
                  { value: "", label: say("anyReason", { n: format.number(counts.data?.total ?? 0) }) },
                  ...reasons.map(([one, n]) => ({ value: one as Reason, label: `${sayReason(one)} (${format.number(n)})` })),
                ]}
              />
            }
          >
            <div className="scroll">
              <table className="plain">
                <thead>
                  <tr>
                    <th>{say("received")}</th>
                    <th>{say("source")}</th>
                    <th>{say("reason")}</th>
                    <th>{say("detail")}</th>
                    <th />
                  </tr>
                </thead>
                <tbody>
                  {quarantined.map((one) => (
                    <tr key={one.id}>
                      <td className="nowrap">{format.moment(one.received_at)}</td>
                      <td>{nameOf(one.source)}</td>
                      <td>
                        <span className="pill bad" title={sayMeaning(one.reason)}>
                          {sayReason(one.reason)}
                        </span>
                      </td>
                      <td className="soft break" lang="en">
                        {one.detail}
                      </td>
                      <td className="right">
                        <Button size="small" onClick={() => setOpened(one)}>
                          {say("open")}
                        </Button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <Drawer open={opened !== null} onClose={() => setOpened(null)} size={640} title={opened && sayReason(opened.reason)}>
              {opened && <Repair key={opened.id} waiting={opened} onDone={() => setOpened(null)} />}
            </Drawer>
          </Card>
          <Repairs />
        </>
      )}
    </Loaded>
  );
}

function Repair({ waiting, onDone }: { waiting: Waiting; onDone: () => void }) {
  const say = useWords(words);
  const sayMeaning = useWords(reasonSentences);
  const { may } = useSession();
  const { message } = App.useApp();
  const original = JSON.stringify(waiting.message, null, 2);
  const [text, setText] = useState(original);
  const at = { event_id: waiting.id };
  const replay = useChange(
    () => {
      const repaired = text === original ? null : (JSON.parse(text) as Record<string, unknown>);
      return call("post", "/api/v1/quarantine/{event_id}/replay", { at, body: { message: repaired } });
    },
    () => {
      void message.success(say("replayed"));
      onDone();
    },
  );
  const discard = useChange(() => call("delete", "/api/v1/quarantine/{event_id}", { at }), onDone);
  const problem = problemOf(text);
  return (
    <div className="stack">
      <p>{sayMeaning(waiting.reason)}</p>
      <p className="soft break" lang="en">
        {waiting.detail}
      </p>
      {may("quarantine.replay") && <p className="soft">{say("repairMore")}</p>}
      <Input.TextArea
        className="rule-text"
        aria-label={say("repair")}
        autoSize={{ minRows: 12, maxRows: 28 }}
        readOnly={!may("quarantine.replay")}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {problem && <p className="problem">{say("badText", { why: problem })}</p>}
      {may("quarantine.replay") && (
        <div className="row">
          <Button type="primary" disabled={problem !== ""} loading={replay.isPending} onClick={() => replay.mutate(undefined)}>
            {say("replay")}
          </Button>
          <Popconfirm title={say("discardAsk")} okText={say("discard")} onConfirm={() => discard.mutate(undefined)}>
            <Button danger loading={discard.isPending}>
              {say("discard")}
            </Button>
          </Popconfirm>
        </div>
      )}
    </div>
  );
}

function problemOf(text: string): string {
  try {
    JSON.parse(text);
    return "";
  } catch (failure) {
    return (failure as Error).message;
  }
}
