import { Alert, Button, Form, Modal, Select } from "antd";
import { useState } from "react";
import { useAnswer, useChange } from "@/api/asking";
import { type Answer, call, ROOT } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { Copyable } from "@/parts/Copyable";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { ROLES, type Role } from "./roles";
import { words } from "./words";

type User = Answer<"/api/v1/users">["users"][number];

/** Who may sign in, with which role where. */
export function Users() {
  const say = useWords(words);
  const { may } = useSession();
  const users = useAnswer("/api/v1/users");
  const [isInviting, setInviting] = useState(false);
  return (
    <>
      <Card
        title={say("users")}
        aside={
          may("users.write") && (
            <Button type="primary" onClick={() => setInviting(true)}>
              {say("invite")}
            </Button>
          )
        }
      >
        <Loaded query={users}>
          {({ users: all }) => (
            <div className="scroll">
              <table className="plain">
                <thead>
                  <tr>
                    <th>{say("name")}</th>
                    <th>{say("login")}</th>
                    <th>{say("role")}</th>
                    <th>{say("seen")}</th>
                    <th />
                  </tr>
                </thead>
                <tbody>
                  {all.map((one) => (
                    <Line key={one.id} user={one} />
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Loaded>
      </Card>
      <Invitations />
      {isInviting && <Invite onClose={() => setInviting(false)} />}
    </>
  );
}

function Line({ user }: { user: User }) {
  const say = useWords(words);
  const format = useFormat();
  const { may, user: me } = useSession();
  const at = { user_id: user.id };
  const setRole = useChange((role: Role) =>
    call("patch", "/api/v1/users/{user_id}", { at, body: { role, workspace: null } }),
  );
  const setDisabled = useChange((disabled: boolean) =>
    call("patch", "/api/v1/users/{user_id}", { at, body: { disabled, workspace: null } }),
  );
  const canChange = may("users.write") && user.id !== me.id;
  return (
    <tr>
      <td>
        <b className="break">{user.name}</b> {user.disabled && <span className="pill warn">{say("disabled")}</span>}
      </td>
      <td className="break">{user.login}</td>
      <td>
        {user.role && canChange ? (
          <Select<Role>
            size="small"
            aria-label={`${say("role")}: ${user.name}`}
            value={user.role}
            popupMatchSelectWidth={false}
            loading={setRole.isPending}
            onChange={(role) => setRole.mutate(role)}
            options={ROLES.map((one) => ({ value: one, label: say(one) }))}
          />
        ) : (
          user.role && say(user.role)
        )}
        {user.roles.map((one) => (
          <span key={one.workspace} className="pill">
            {say(one.role)} · {one.workspace}
          </span>
        ))}
      </td>
      <td className="nowrap">{format.moment(user.seen_at)}</td>
      <td className="right">
        {canChange && (
          <Button size="small" loading={setDisabled.isPending} onClick={() => setDisabled.mutate(!user.disabled)}>
            {say(user.disabled ? "enable" : "disable")}
          </Button>
        )}
      </td>
    </tr>
  );
}

function Invitations() {
  const say = useWords(words);
  const format = useFormat();
  const { may } = useSession();
  const waiting = useAnswer("/api/v1/users/invitations");
  const withdraw = useChange((id: string) =>
    call("delete", "/api/v1/users/invitations/{invitation_id}", { at: { invitation_id: id } }),
  );
  if (!waiting.data?.invitations.length) return null;
  return (
    <Card title={say("invitations")}>
      <ul className="people">
        {waiting.data.invitations.map((one) => (
          <li key={one.id} className="row">
            <span className="fill">
              <b>{say(one.role)}</b> · {one.workspace ?? say("everywhere")}
              <small className="block">{say("until", { at: format.moment(one.expires_at) })}</small>
            </span>
            {may("users.write") && (
              <Button size="small" onClick={() => withdraw.mutate(one.id)}>
                {say("withdraw")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

interface Wanted {
  role: Role;
  workspace: string;
}

function Invite({ onClose }: { onClose: () => void }) {
  const say = useWords(words);
  const { workspaces } = useSession();
  const [form] = Form.useForm<Wanted>();
  const [path, setPath] = useState("");
  const invite = useChange(
    ({ role, workspace }: Wanted) =>
      call("post", "/api/v1/users/invitations", { body: { role, workspace: workspace || null } }),
    (made) => setPath(made.path),
  );
  return (
    <Modal
      open
      title={say("inviteTitle")}
      okText={path ? say("done") : say("makeLink")}
      confirmLoading={invite.isPending && !path}
      onOk={() => (path ? onClose() : void form.submit())}
      onCancel={onClose}
    >
      {path ? (
        <div className="stack">
          <Alert type="warning" showIcon title={say("inviteOnce")} />
          <Copyable text={location.origin + ROOT + path} />
        </div>
      ) : (
        <Form form={form} layout="vertical" initialValues={{ role: "viewer", workspace: "" }} onFinish={(told) => invite.mutate(told)}>
          <Form.Item name="role" label={say("role")}>
            <Select options={ROLES.map((one) => ({ value: one, label: say(one) }))} />
          </Form.Item>
          <Form.Item name="workspace" label={say("where")}>
            <Select
              options={[
                { value: "", label: say("everywhere") },
                ...workspaces.map((one) => ({ value: one.id, label: one.name })),
              ]}
            />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}
