import { Alert, Form, Input, InputNumber, Modal, Radio, Select } from "antd";
import { useState } from "react";
import { useAnswer, useChange } from "@/api/asking";
import { type Answer, call } from "@/api/client";
import { Copyable } from "@/parts/Copyable";
import { useWords } from "@/words/words";
import { words } from "./receivers_words";

type AlarmCode = NonNullable<Answer<"/api/v1/receivers">["receivers"][number]["alarms"]>[number];
interface Told {
  name: string;
  kind: "webhook" | "mail";
  address: string;
  alerts?: string[];
  alarms?: AlarmCode[];
  sources?: string[];
  per_hour: number;
}
interface Shown {
  hasMail: boolean;
  alarmCodes: string[];
  onClose: () => void;
}

/** Name, address, and of what; nothing chosen means everything. The secret of a webhook is shown at the end. */
export function NewReceiver({ hasMail, alarmCodes, onClose }: Shown) {
  const say = useWords(words);
  const [form] = Form.useForm<Told>();
  const kind = Form.useWatch("kind", form) ?? "webhook";
  const [secret, setSecret] = useState("");
  const create = useChange(
    ({ kind: by, address, alerts, alarms, sources, ...told }: Told) =>
      call("post", "/api/v1/receivers", {
        body: {
          ...told,
          address: by === "mail" ? `mailto:${address.trim()}` : address.trim(),
          alerts: chosen(alerts),
          alarms: chosen(alarms) as never,
          sources: chosen(sources),
        },
      }),
    (made) => (made.secret ? setSecret(made.secret) : onClose()),
  );
  return (
    <Modal
      open
      title={say("add")}
      mask={{ closable: false }}
      cancelButtonProps={secret ? { style: { display: "none" } } : {}}
      okText={secret ? say("done") : say("add")}
      confirmLoading={create.isPending && !secret} // what is shown is asked anew meanwhile; Done waits for none of it
      onOk={() => (secret ? onClose() : void form.submit())}
      onCancel={onClose}
    >
      {secret ? (
        <div className="stack">
          <Alert type="warning" showIcon title={say("secretOnce")} />
          <Copyable text={secret} />
        </div>
      ) : (
        <Form
          form={form}
          layout="vertical"
          initialValues={{ kind: "webhook", per_hour: 12 }}
          onFinish={(told) => create.mutate(told)}
        >
          <Form.Item name="name" label={say("name")} rules={[{ required: true, message: say("needed") }]}>
            <Input maxLength={100} autoFocus />
          </Form.Item>
          <Form.Item name="kind" label={say("kind")} extra={hasMail ? undefined : say("mailOff")}>
            <Radio.Group
              options={[
                { value: "webhook", label: say("webhook") },
                { value: "mail", label: say("mail"), disabled: !hasMail },
              ]}
            />
          </Form.Item>
          <Form.Item
            name="address"
            label={say(kind === "mail" ? "mailAddress" : "address")}
            rules={[{ required: true, message: say("needed") }]}
          >
            <Input maxLength={2000} placeholder={kind === "mail" ? "shop@example.com" : "https://"} />
          </Form.Item>
          <Chosen alarmCodes={alarmCodes} />
          <Form.Item name="per_hour" label={say("perHour")} extra={say("perHourHint")}>
            <InputNumber min={1} max={3600} />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}

function Chosen({ alarmCodes }: { alarmCodes: string[] }) {
  const say = useWords(words);
  const alerts = useAnswer("/api/v1/alerts");
  const sources = useAnswer("/api/v1/sources");
  return (
    <>
      <Form.Item name="alerts" label={say("alerts")}>
        <Select
          mode="multiple"
          placeholder={say("allHint")}
          options={alerts.data?.alerts.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Form.Item>
      <Form.Item name="alarms" label={say("alarms")}>
        <Select
          mode="multiple"
          placeholder={say("allHint")}
          options={alarmCodes.map((code) => ({ value: code, label: say(code as keyof typeof words) }))}
        />
      </Form.Item>
      <Form.Item name="sources" label={say("sources")}>
        <Select
          mode="multiple"
          placeholder={say("allHint")}
          options={sources.data?.sources.map(({ name }) => ({ value: name, label: name }))}
        />
      </Form.Item>
    </>
  );
}

/** What was chosen; nothing means all. */
function chosen<T>(names: T[] | undefined): T[] | null {
  return names && names.length > 0 ? names : null;
}
