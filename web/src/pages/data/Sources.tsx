import { Alert, Button, Form, Input, Modal, Select, Switch } from "antd";
import { useState } from "react";
import { useAnswer, useChange } from "@/api/asking";
import { type Answer, call } from "@/api/client";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { Copyable } from "@/parts/Copyable";
import { EmptyState } from "@/parts/EmptyState";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { KeysDrawer } from "./Keys";
import { words } from "./words";

type Source = Answer<"/api/v1/sources">["sources"][number];
type Made = Answer<"/api/v1/sources", "post">;
const CHANNELS = [
  "web",
  "app",
  "mini_program",
  "server",
  "pos",
  "iot",
  "support",
  "social",
  "email",
  "sms",
  "crm",
  "other",
] as const;

export function Sources() {
  const say = useWords(words);
  const { may } = useSession();
  const sources = useAnswer("/api/v1/sources");
  const [isNew, setNew] = useState(false);
  const [opened, setOpened] = useState<Source | null>(null);
  const create = may("sources.write") && (
    <Button type="primary" onClick={() => setNew(true)}>
      {say("newSource")}
    </Button>
  );
  return (
    <>
      <Loaded
        query={sources}
        empty={({ sources: all }) => all.length === 0 && <EmptyState title={say("noSources")}>{create}</EmptyState>}
      >
        {({ sources: all }) => (
          <Card title={say("sources")} aside={create}>
            <div className="scroll">
              <table className="plain">
                <thead>
                  <tr>
                    <th>{say("name")}</th>
                    <th>{say("channel")}</th>
                    <th>{say("enabled")}</th>
                    <th />
                  </tr>
                </thead>
                <tbody>
                  {all.map((one) => (
                    <Line key={one.id} source={one} onKeys={() => setOpened(one)} />
                  ))}
                </tbody>
              </table>
            </div>
          </Card>
        )}
      </Loaded>
      {isNew && <NewSource onClose={() => setNew(false)} />}
      <KeysDrawer source={opened} onClose={() => setOpened(null)} />
    </>
  );
}

function Line({ source, onKeys }: { source: Source; onKeys: () => void }) {
  const say = useWords(words);
  const { may } = useSession();
  const enable = useChange((enabled: boolean) =>
    call("patch", "/api/v1/sources/{source_id}", { at: { source_id: source.id }, body: { enabled } }),
  );
  return (
    <tr>
      <td>
        <b className="break">{source.name}</b>
      </td>
      <td>
        <span className="pill">{source.channel}</span>
      </td>
      <td>
        <Switch
          size="small"
          aria-label={`${say("enabled")}: ${source.name}`}
          checked={source.enabled}
          disabled={!may("sources.write")}
          loading={enable.isPending}
          onChange={(enabled) => enable.mutate(enabled)}
        />
      </td>
      <td className="right">
        <Button size="small" onClick={onKeys}>
          {say("keys")}
        </Button>
      </td>
    </tr>
  );
}

function NewSource({ onClose }: { onClose: () => void }) {
  const say = useWords(words);
  const [form] = Form.useForm<{ name: string; channel: Source["channel"] }>();
  const [made, setMade] = useState<Made | null>(null);
  const create = useChange(
    (told: { name: string; channel: Source["channel"] }) =>
      call("post", "/api/v1/sources", { body: { ...told, settings: {} } }),
    setMade,
  );
  return (
    <Modal
      open
      title={made?.name ?? say("newSource")}
      okText={say(made ? "done" : "create")}
      confirmLoading={create.isPending && !made}
      onOk={() => (made ? onClose() : void form.submit())}
      onCancel={onClose}
    >
      {made ? (
        <div className="stack">
          <Alert type="warning" showIcon title={say("shownOnce")} />
          {say("writeKey")}
          <Copyable text={made.write_key} label={say("writeKey")} />
          {say("secretKey")}
          <Copyable text={made.secret_key} label={say("secretKey")} />
        </div>
      ) : (
        <Form form={form} layout="vertical" initialValues={{ channel: "web" }} onFinish={(told) => create.mutate(told)}>
          <Form.Item name="name" label={say("name")} rules={[{ required: true, message: say("needed") }]}>
            <Input maxLength={100} autoFocus />
          </Form.Item>
          <Form.Item name="channel" label={say("channel")}>
            <Select options={CHANNELS.map((one) => ({ value: one, label: one }))} />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}
