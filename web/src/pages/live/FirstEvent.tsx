/** How to send a first event: for people who have a terminal, a page, or another vendor's client already. */

import { Alert, Button, Select, Tabs } from "antd";
import { useState } from "react";
import { useAnswer, useChange } from "@/api/asking";
import { call, ROOT } from "@/api/client";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { Copyable } from "@/parts/Copyable";
import { useWords } from "@/words/words";
import { SNIPPETS } from "./snippets";
import { words } from "./words";

export function FirstEvent({ isWaiting }: { isWaiting: boolean }) {
  const say = useWords(words);
  const { may } = useSession();
  const sources = useAnswer("/api/v1/sources", {}, { enabled: may("sources.read") });
  const enabled = sources.data?.sources.filter((one) => one.enabled) ?? [];
  const [chosen, setChosen] = useState<string>();
  const source = chosen ?? enabled[0]?.id;
  const [key, setKey] = useState("");
  const rotate = useChange(
    (id: string) =>
      call("post", "/api/v1/sources/{source_id}/keys/rotate", {
        at: { source_id: id },
        body: { kind: "public", old: "keep" },
      }),
    (made) => setKey(made.key),
  );
  const address = location.origin + ROOT;
  return (
    <Card
      title={
        isWaiting ? (
          <span className="row" role="status">
            <i className="pulse" aria-hidden />
            {say("waiting")}
          </span>
        ) : (
          say("clients")
        )
      }
      className="first-event"
    >
      <p className="soft">{say("waitingMore")}</p>
      {may("sources.write") && (
        <div className="row">
          <Select
            aria-label={say("sourceToUse")}
            value={source}
            onChange={(id) => {
              setChosen(id);
              setKey("");
            }}
            options={enabled.map((one) => ({ value: one.id, label: one.name }))}
            className="first-source"
          />
          <Button type="primary" disabled={!source} loading={rotate.isPending} onClick={() => source && rotate.mutate(source)}>
            {say("makeKey")}
          </Button>
        </div>
      )}
      <Alert type={key ? "success" : "info"} showIcon title={say(key ? "keyOnce" : "keyNote")} />
      <Tabs
        items={SNIPPETS.map((one) => ({
          key: one.name,
          label: one.name,
          children: <Copyable text={one.text(address, key || "WRITE_KEY")} label={one.name} />,
        }))}
      />
    </Card>
  );
}
