import { App, Button, Popconfirm } from "antd";
import { useState } from "react";
import { useAnswer, useChange } from "@/api/asking";
import { type Answer, call } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import "./receivers.css";
import { NewReceiver } from "./NewReceiver";
import { ReceiverDeliveries } from "./ReceiverDeliveries";
import { words } from "./receivers_words";
import { SaidBack, useSaidBack } from "./SaidBack";

const EVERY_MS = 2_000;
const TONES = { active: "on", failing: "warn", paused: "" } as const;
type Receiver = Answer<"/api/v1/receivers">["receivers"][number];

/** Who is told of alerts and alarms: how each stands, a test, and what was sent. */
export function Receivers() {
  const say = useWords(words);
  const { may } = useSession();
  const receivers = useAnswer("/api/v1/receivers", {}, { every: EVERY_MS });
  const [isNew, setNew] = useState(false);
  const [opened, setOpened] = useState("");
  return (
    <Card
      title={say("receivers")}
      aside={
        may("receivers.write") && (
          <Button type="primary" onClick={() => setNew(true)}>
            {say("add")}
          </Button>
        )
      }
    >
      <p className="soft">{say("lead")}</p>
      <Loaded query={receivers}>
        {({ receivers: all, mail, alarm_codes }) => (
          <>
            {all.length === 0 ? (
              <p>{say("nobody")}</p>
            ) : (
              <div className="scroll receivers">
                <table className="plain">
                  <thead>
                    <tr>
                      <th>{say("name")}</th>
                      <th>{say("ofWhat")}</th>
                      <th>{say("state")}</th>
                      <th>{say("told")}</th>
                      <th />
                    </tr>
                  </thead>
                  <tbody>
                    {all.map((one) => (
                      <Row key={one.id} receiver={one} isOpen={opened === one.id} onOpen={() => setOpened(opened === one.id ? "" : one.id)} />
                    ))}
                  </tbody>
                </table>
              </div>
            )}
            {all
              .filter((one) => one.id === opened)
              .map((one) => (
                <ReceiverDeliveries key={one.id} id={one.id} name={one.name} />
              ))}
            {isNew && <NewReceiver hasMail={mail} alarmCodes={alarm_codes} onClose={() => setNew(false)} />}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Row({ receiver, isOpen, onOpen }: { receiver: Receiver; isOpen: boolean; onOpen: () => void }) {
  const say = useWords(words);
  const format = useFormat();
  const { may } = useSession();
  const state = receiver.state === "active" && receiver.attempts > 0 ? "failing" : receiver.state;
  const chosen = (names: string[] | null) => (names === null ? say("all") : names.join(", ") || say("none"));
  return (
    <tr>
      <td>
        <b className="break">{receiver.name}</b>
        <small className="block break">
          {say(receiver.kind)} · {receiver.address}
        </small>
      </td>
      <td>
        {say("alerts")}: {receiver.alerts === null ? say("all") : receiver.alerts.length}
        <small className="block">
          {say("alarms")}: {chosen(receiver.alarms && receiver.alarms.map((code) => say(code as keyof typeof words)))}
        </small>
        <small className="block">
          {say("sources")}: {chosen(receiver.sources)}
        </small>
      </td>
      <td>
        <span className={`pill ${TONES[state]}`}>{say(state)}</span>
        {receiver.problem && (
          <small className="block">
            <SaidBack english={receiver.problem} />
          </small>
        )}
        {receiver.waiting_until && receiver.state === "active" && (
          <small className="block">{say("again", { at: format.moment(receiver.waiting_until) })}</small>
        )}
      </td>
      <td className="nowrap">{receiver.delivered_at ? format.moment(receiver.delivered_at) : say("never")}</td>
      <td className="right">
        <Button size="small" aria-expanded={isOpen} onClick={onOpen}>
          {say("deliveries")}
        </Button>{" "}
        {may("receivers.write") && <Actions receiver={receiver} />}
      </td>
    </tr>
  );
}

function Actions({ receiver }: { receiver: Receiver }) {
  const say = useWords(words);
  const { message } = App.useApp();
  const inWords = useSaidBack();
  const at = { receiver_id: receiver.id };
  const test = useChange(
    () => call("post", "/api/v1/receivers/{receiver_id}/test", { at }),
    ({ delivered, answer }) => {
      if (delivered) void message.success(say("arrived", { answer: inWords(answer) }), 6);
      else void message.error(say("notArrived", { answer: inWords(answer) }), 10);
    },
  );
  const turn = useChange((state: "active" | "paused") =>
    call("patch", "/api/v1/receivers/{receiver_id}", { at, body: { state } }),
  );
  const remove = useChange(() => call("delete", "/api/v1/receivers/{receiver_id}", { at }));
  const isActive = receiver.state === "active";
  return (
    <>
      <Button size="small" loading={test.isPending} onClick={() => test.mutate(undefined)}>
        {say("test")}
      </Button>{" "}
      <Button size="small" onClick={() => turn.mutate(isActive ? "paused" : "active")}>
        {say(isActive ? "pause" : "resume")}
      </Button>{" "}
      <Popconfirm title={`${say("remove")}?`} onConfirm={() => remove.mutate(undefined)}>
        <Button size="small" danger>
          {say("remove")}
        </Button>
      </Popconfirm>
    </>
  );
}
