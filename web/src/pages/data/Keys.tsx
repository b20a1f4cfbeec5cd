import { Alert, Button, Drawer, Popconfirm } from "antd";
import { useState } from "react";
import { useAnswer, useChange } from "@/api/asking";
import { type Answer, call } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Copyable } from "@/parts/Copyable";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { words } from "./words";

type Source = Answer<"/api/v1/sources">["sources"][number];
type Key = Answer<"/api/v1/sources/{source_id}/keys">["keys"][number];

/** The keys of a source. New ones are shown once; the former ones stay until somebody revokes them. */
export function KeysDrawer({ source, onClose }: { source: Source | null; onClose: () => void }) {
  const say = useWords(words);
  return (
    <Drawer open={source !== null} onClose={onClose} size={480} title={say("keysOf", { name: source?.name ?? "" })}>
      {source && <Keys key={source.id} source={source.id} />}
    </Drawer>
  );
}

function Keys({ source }: { source: string }) {
  const say = useWords(words);
  const { may } = useSession();
  const [made, setMade] = useState("");
  const keys = useAnswer("/api/v1/sources/{source_id}/keys", { at: { source_id: source } });
  const rotate = useChange(
    (kind: "public" | "secret") =>
      call("post", "/api/v1/sources/{source_id}/keys/rotate", { at: { source_id: source }, body: { kind, old: "keep" } }),
    (told) => setMade(told.key),
  );
  return (
    <div className="stack">
      {may("sources.write") && (
        <div className="row">
          <Button onClick={() => rotate.mutate("public")}>{say("newPublic")}</Button>
          <Button onClick={() => rotate.mutate("secret")}>{say("newSecret")}</Button>
        </div>
      )}
      {made ? (
        <>
          <Alert type="warning" showIcon title={say("shownOnce")} />
          <Copyable text={made} />
        </>
      ) : (
        <p className="soft">{say("keepOld")}</p>
      )}
      <Loaded query={keys}>
        {(found) => (
          <ul className="people">
            {found.keys.map((one) => (
              <KeyLine key={one.id} source={source} one={one} />
            ))}
          </ul>
        )}
      </Loaded>
    </div>
  );
}

function KeyLine({ source, one }: { source: string; one: Key }) {
  const say = useWords(words);
  const format = useFormat();
  const { may } = useSession();
  const revoke = useChange(() =>
    call("delete", "/api/v1/sources/{source_id}/keys/{key_id}", { at: { source_id: source, key_id: one.id } }),
  );
  return (
    <li className="row">
      <span className="fill">
        <code>{one.hint}</code> <span className="pill">{say(one.kind as "public" | "secret")}</span>
        <small className="block">
          {one.revoked_at
            ? say("revoked", { at: format.moment(one.revoked_at) })
            : say("made", { at: format.moment(one.created_at) })}
        </small>
      </span>
      {!one.revoked_at && may("sources.write") && (
        <Popconfirm title={say("revokeAsk")} okText={say("revoke")} onConfirm={() => revoke.mutate(undefined)}>
          <Button size="small" danger loading={revoke.isPending}>
            {say("revoke")}
          </Button>
        </Popconfirm>
      )}
    </li>
  );
}
