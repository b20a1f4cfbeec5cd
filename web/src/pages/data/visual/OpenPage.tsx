import { Alert, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { useChange } from "@/api/asking";
import { call } from "@/api/client";
import { remember, remembered, usePreferences } from "@/app/preferences";
import { useWords } from "@/words/words";
import { words } from "./words";

const REMEMBERED = "visual.address";

/** Asks for the page to point on, and opens it with a code that is good once. */
export function OpenPage({ onClose }: { onClose: () => void }) {
  const say = useWords(words);
  const { language } = usePreferences();
  const [opened, setOpened] = useState("");
  const open = useChange(
    (address: string) => call("post", "/api/v1/visual-events/codes", { body: { address, language } }),
    ({ address }, asked) => {
      remember(REMEMBERED, asked);
      setOpened(address);
      // Without an opener: the page can neither reach back to us nor learn where it was opened from.
      window.open(address, "_blank", "noopener,noreferrer");
    },
  );
  return (
    <Modal open title={say("open")} onCancel={onClose} footer={null} destroyOnHidden>
      <p className="soft">{say("openLead")}</p>
      <Form
        layout="vertical"
        requiredMark={false}
        initialValues={{ address: remembered(REMEMBERED) ?? "" }}
        onFinish={({ address }: { address: string }) => open.mutate(new URL(address.trim()).href)}
      >
        <Form.Item name="address" label={say("address")} rules={[{ validator: (_, value) => checked(value, say("noAddress")) }]}>
          <Input placeholder="https://shop.example/products" autoFocus />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={open.isPending}>
          {say("go")}
        </Button>
      </Form>
      {opened && (
        <div className="stack visual-opened">
          <Alert type="info" showIcon title={say("opened")} description={say("again")} />
          <a className="break" href={opened} target="_blank" rel="noopener noreferrer">
            {opened.split("#")[0]}
          </a>
        </div>
      )}
    </Modal>
  );
}

/** Whether this is an address of a page; else what to write. */
async function checked(value: unknown, problem: string): Promise<void> {
  try {
    const { protocol } = new URL(String(value ?? "").trim());
    if (protocol === "https:" || protocol === "http:") return;
  } catch {
    // told below
  }
  throw new Error(problem);
}
