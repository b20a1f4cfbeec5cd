import { App, Button } from "antd";
import { useAnswer, useChange } from "@/api/asking";
import { call } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Loaded } from "@/parts/Loaded";
import { type AlarmFact, AlarmTold } from "@/parts/Said";
import { useWords } from "@/words/words";
import { words } from "./receivers_words";
import { SaidBack, useSaidBack } from "./SaidBack";

/** The part of a body that is shown: it is what the receiver was sent. */
interface Body {
  notices: Notice[];
}
interface Notice {
  number: number;
  kind: string;
  code: string;
  state: "raised" | "over";
  said: string;
  facts?: Partial<AlarmFact>;
}
const EVERY_MS = 2_000;
const STATES = { delivered: "delivered", given_up: "given_up", test: "tested" } as const;

/** What a receiver was sent and did not take, newest first. */
export function ReceiverDeliveries({ id, name }: { id: string; name: string }) {
  const say = useWords(words);
  const format = useFormat();
  const { message } = App.useApp();
  const { may } = useSession();
  const deliveries = useAnswer("/api/v1/receivers/{receiver_id}/deliveries", { at: { receiver_id: id } }, { every: EVERY_MS });
  const inWords = useSaidBack();
  const retry = useChange(
    (delivery: number) =>
      call("post", "/api/v1/receivers/{receiver_id}/deliveries/{delivery}/retry", {
        at: { receiver_id: id, delivery },
      }),
    ({ delivered, answer }) => {
      if (delivered) void message.success(say("arrived", { answer: inWords(answer) }), 6);
      else void message.error(say("notArrived", { answer: inWords(answer) }), 10);
    },
  );
  return (
    <Loaded query={deliveries}>
      {({ deliveries: all }) =>
        all.length === 0 ? (
          <p className="soft">{say("noDeliveries")}</p>
        ) : (
          <div className="scroll deliveries">
            <h3>{say("deliveriesTo", { name })}</h3>
            <table className="plain">
              <thead>
                <tr>
                  <th>{say("when")}</th>
                  <th>{say("state")}</th>
                  <th>{say("what")}</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {all.map((one) => (
                  <tr key={one.id}>
                    <td className="nowrap">{format.moment(one.at)}</td>
                    <td>
                      <span className="pill">{say(STATES[one.state])}</span>
                      {one.problem && (
                        <small className="block">
                          <SaidBack english={one.problem} />
                        </small>
                      )}
                    </td>
                    <td>
                      {(one.body as Body).notices.map((notice) => (
                        <div key={notice.number} className="break">
                          <b>{say(notice.state)}</b> <Noticed notice={notice} />
                        </div>
                      ))}
                    </td>
                    <td className="right">
                      {one.state === "given_up" && may("receivers.write") && (
                        <Button size="small" loading={retry.isPending} onClick={() => retry.mutate(one.id)}>
                          {say("sendAgain")}
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )
      }
    </Loaded>
  );
}

/** What was told, in the language of the page: an alarm by its facts, anything else by its sentence. */
function Noticed({ notice: { kind, code, said, facts } }: { notice: Notice }) {
  return kind === "alarm" ? <AlarmTold alarm={{ ...facts, code, said } as AlarmFact} /> : <SaidBack english={said} />;
}
