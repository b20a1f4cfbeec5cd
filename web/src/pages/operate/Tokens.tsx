import { Alert, Button, Form, Input, Modal, Popconfirm, Select } from "antd";
import { useState } from "react";
import { useAnswer, useChange } from "@/api/asking";
import { call } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { Copyable } from "@/parts/Copyable";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { ROLES, type Role } from "./roles";
import { words } from "./words";

/** Keys for programs: shown once, recognised by a hint, revoked at once. */
export function Tokens() {
  const say = useWords(words);
  const format = useFormat();
  const { may } = useSession();
  const tokens = useAnswer("/api/v1/tokens");
  const [isNew, setNew] = useState(false);
  const revoke = useChange((id: string) => call("delete", "/api/v1/tokens/{token_id}", { at: { token_id: id } }));
  return (
    <Card
      title={say("tokens")}
      aside={
        may("tokens.write") && (
          <Button type="primary" onClick={() => setNew(true)}>
            {say("newToken")}
          </Button>
        )
      }
    >
      <Loaded query={tokens}>
        {({ tokens: all }) => (
          <div className="scroll">
            <table className="plain">
              <thead>
                <tr>
                  <th>{say("name")}</th>
                  <th>{say("role")}</th>
                  <th>{say("where")}</th>
                  <th>{say("created")}</th>
                  <th>{say("lastUsed")}</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {all.map((one) => (
                  <tr key={one.id}>
                    <td>
                      <b className="break">{one.name}</b>
                      <small className="block">
                        <code>{one.hint}</code>
                      </small>
                    </td>
                    <td>{say(one.role)}</td>
                    <td>{one.workspace ?? say("everywhere")}</td>
                    <td className="nowrap">{format.moment(one.created_at)}</td>
                    <td className="nowrap">{format.moment(one.last_used_at)}</td>
                    <td className="right">
                      {one.revoked_at ? (
                        <span className="pill">{say("revoked")}</span>
                      ) : (
                        may("tokens.write") && (
                          <Popconfirm title={`${say("revoke")}?`} onConfirm={() => revoke.mutate(one.id)}>
                            <Button size="small" danger>
                              {say("revoke")}
                            </Button>
                          </Popconfirm>
                        )
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      {isNew && <NewToken onClose={() => setNew(false)} />}
    </Card>
  );
}

function NewToken({ onClose }: { onClose: () => void }) {
  const say = useWords(words);
  const { workspace } = useSession();
  const [form] = Form.useForm<{ name: string; role: Role }>();
  const [token, setToken] = useState("");
  const create = useChange(
    (told: { name: string; role: Role }) =>
      call("post", "/api/v1/tokens", { body: { ...told, workspace, expires_in_days: null } }),
    (made) => setToken(made.token),
  );
  return (
    <Modal
      open
      title={say("newToken")}
      okText={token ? say("done") : say("newToken")}
      confirmLoading={create.isPending && !token}
      onOk={() => (token ? onClose() : void form.submit())}
      onCancel={onClose}
    >
      {token ? (
        <div className="stack">
          <Alert type="warning" showIcon title={say("tokenOnce")} />
          <Copyable text={token} />
        </div>
      ) : (
        <Form form={form} layout="vertical" initialValues={{ role: "viewer" }} onFinish={(told) => create.mutate(told)}>
          <Form.Item name="name" label={say("name")} rules={[{ required: true, message: say("needed") }]}>
            <Input maxLength={100} autoFocus />
          </Form.Item>
          <Form.Item name="role" label={say("role")}>
            <Select options={ROLES.map((one) => ({ value: one, label: say(one) }))} />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}
