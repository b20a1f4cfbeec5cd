import { Button } from "antd";
import { useAnswer, useChange } from "@/api/asking";
import { call } from "@/api/client";
import { useFormat } from "@/app/format";
import { Card } from "@/parts/Card";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { words } from "./words";

/** Where one is signed in; owners see everybody's. */
export function Sessions() {
  const say = useWords(words);
  const format = useFormat();
  const sessions = useAnswer("/api/v1/sessions");
  const end = useChange((id: string) => call("delete", "/api/v1/sessions/{session_id}", { at: { session_id: id } }));
  return (
    <Card title={say("sessions")}>
      <Loaded query={sessions}>
        {({ sessions: all }) => (
          <ul className="people">
            {all.map((one) => (
              <li key={one.id} className="row">
                <span className="fill">
                  <b className="break">{one.user.name || one.user.login}</b>{" "}
                  {one.current && <span className="pill on">{say("thisOne")}</span>}
                  <small className="block break">
                    {one.address} · {one.agent}
                  </small>
                  <small className="block">
                    {say("seen")}: {format.moment(one.seen_at)}
                  </small>
                </span>
                {!one.current && (
                  <Button size="small" onClick={() => end.mutate(one.id)}>
                    {say("end")}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}
