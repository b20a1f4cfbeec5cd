/** Keeping a question, and those that are kept. */
import { App, Button, Drawer, Form, Input, Popconfirm, Select } from "antd";
import { DeleteOutlined } from "@ant-design/icons";
import { useState } from "react";
import { Link } from "react-router";
import { useAnswer, useChange } from "@/api/asking";
import { call } from "@/api/client";
import { useSession } from "@/app/session";
import type { Kind } from "@/charts/views";
import { useTalk } from "@/charts/talk";
import { Loaded } from "@/parts/Loaded";
import type { AskKey } from "@/words/ask";
import { type Asked, documentOf, searchOf } from "./address";
import type { Document } from "./json";

type Shared = "private" | "workspace";
interface Told {
  readonly name: string;
  readonly description?: string;
  readonly shared: Shared;
  readonly dashboard?: string;
}

/** Keep the question of the page, on a dashboard at once if wanted. */
export function SaveQuestion({ asked, open, onClose }: { asked: Asked; open: boolean; onClose: () => void }) {
  const { say } = useTalk();
  const { message } = App.useApp();
  const dashboards = useAnswer("/api/v1/dashboards", {}, { enabled: open });
  const save = useChange(
    async (told: Told) => {
      const { name, description = "", shared } = told;
      const made = await call("post", "/api/v1/questions/saved", {
        body: { name, description, shared, kind: asked.kind, question: { ...documentOf(asked) } },
      });
      const board = dashboards.data?.dashboards.find((one) => one.id === told.dashboard);
      if (board) await addTile(board, made.id, name);
    },
    () => {
      void message.success(say("saved_it"));
      onClose();
    },
  );
  return (
    <Drawer open={open} onClose={onClose} title={say("save")} size={420} destroyOnHidden>
      <Form<Told> layout="vertical" initialValues={{ shared: "workspace", dashboard: "" }} onFinish={(told) => save.mutate(told)}>
        <Form.Item name="name" label={say("title_of")} rules={[{ required: true, whitespace: true, message: say("title_of") }]}>
          <Input maxLength={200} autoFocus />
        </Form.Item>
        <Form.Item name="description" label={say("description")}>
          <Input.TextArea rows={2} maxLength={2000} />
        </Form.Item>
        <Form.Item name="shared" label={say("visible_to")}>
          <Select options={[{ value: "workspace", label: say("everybody_here") }, { value: "private", label: say("private") }]} />
        </Form.Item>
        <Form.Item name="dashboard" label={say("to_dashboard")}>
          <Select
            options={[
              { value: "", label: say("no_dashboard") },
              ...(dashboards.data?.dashboards ?? []).map((one) => ({ value: one.id, label: one.name })),
            ]}
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {say("save")}
        </Button>
      </Form>
    </Drawer>
  );
}

interface Board {
  readonly id: string;
  readonly tiles: readonly Record<string, unknown>[];
}

/** Put a question on a dashboard, beneath what stands there. */
export async function addTile(board: Board, question: string, title: string): Promise<void> {
  const below = Math.max(0, ...board.tiles.map((tile) => Number(tile.y ?? 0) + Number(tile.height ?? 4)));
  const tiles = [...board.tiles, { question, title, x: 0, y: below, width: 6, height: 4 }];
  await call("patch", "/api/v1/dashboards/{dashboard_id}", { at: { dashboard_id: board.id }, body: { tiles } });
}

/** What is kept, to be opened again. */
export function SavedQuestions({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { say } = useTalk();
  const { workspace } = useSession();
  const query = useAnswer("/api/v1/questions/saved", {}, { enabled: open });
  return (
    <Drawer open={open} onClose={onClose} title={say("saved")} size={460}>
      <Loaded query={query} empty={(answer) => (answer.questions.length ? null : <p className="soft">{say("saved_none")}</p>)}>
        {(answer) => (
          <ul className="saved">
            {answer.questions.map((one) => (
              <li key={one.id}>
                <Link to={`/ask?${searchOf({ kind: one.kind as Kind, question: one.question as Document }, workspace)}`} onClick={onClose}>
                  {one.name}
                </Link>
                <small>
                  {say(`kind.${one.kind}` as AskKey)}
                  {one.description && ` · ${one.description}`}
                </small>
                <Delete id={one.id} name={one.name} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Drawer>
  );
}

function Delete({ id, name }: { id: string; name: string }) {
  const { say } = useTalk();
  const { may } = useSession();
  const [isOpen, setOpen] = useState(false);
  const forget = useChange(() => call("delete", "/api/v1/questions/saved/{question_id}", { at: { question_id: id } }));
  if (!may("questions.save")) return null;
  return (
    <Popconfirm title={say("delete_sure")} open={isOpen} onOpenChange={setOpen} okText={say("delete")} cancelText={say("cancel")} onConfirm={() => forget.mutate(undefined)}>
      <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={`${say("delete")} ${name}`} />
    </Popconfirm>
  );
}
