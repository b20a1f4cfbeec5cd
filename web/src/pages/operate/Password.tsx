import { App, Button, Form, Input } from "antd";
import { useChange } from "@/api/asking";
import { call } from "@/api/client";
import { Card } from "@/parts/Card";
import { useWords } from "@/words/words";
import { words } from "./words";

const SHORTEST = 10;

/** One's own password; whoever else is signed in with it is signed out. */
export function Password() {
  const say = useWords(words);
  const { message } = App.useApp();
  const [form] = Form.useForm<{ old: string; new: string }>();
  const change = useChange(
    (told: { old: string; new: string }) => call("post", "/api/v1/session/password", { body: told }),
    () => {
      form.resetFields();
      void message.success(say("changed"));
    },
  );
  const needed = { required: true, message: say("needed") };
  return (
    <Card title={say("password")} className="narrow">
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(told) => change.mutate(told)}>
        <Form.Item name="old" label={say("old")} rules={[needed]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item name="new" label={say("new")} rules={[needed, { min: SHORTEST, message: say("tooShort") }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={change.isPending}>
          {say("change")}
        </Button>
      </Form>
    </Card>
  );
}
