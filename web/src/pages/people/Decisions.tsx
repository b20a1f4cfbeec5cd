/** Merge and split, decided by a person: two dialogs that each hand back the way to undo what they did. */

import { Checkbox, Form, Input, Modal } from "antd";
import { useChange } from "@/api/asking";
import { call } from "@/api/client";
import { useWords } from "@/words/words";
import { type Decided, lift } from "./decided";
import { type Identifier, parse, spelled } from "./identifiers";
import type { Profile } from "./profile";
import { words } from "./words";

interface Deciding {
  person: Profile;
  onDone: (decided: Decided) => void;
  onClose: () => void;
}

const plain = ({ type, value }: Identifier): Identifier => ({ type, value });

export function MergeDialog({ person, onDone, onClose }: Deciding) {
  const say = useWords(words);
  const [form] = Form.useForm<{ other: string; why?: string }>();
  const merge = useChange(
    async ({ other, why = "" }: { other: string; why?: string }) => {
      const a = { type: "profile", value: String(person.id) };
      const b = parse(other) ?? { type: "profile", value: other };
      const { profiles } = await call("post", "/api/v1/profiles/lookup", { body: { identifiers: [b], include: [] } });
      await call("post", "/api/v1/identity/merge", { body: { a, b, why } });
      return { came: profiles[0]?.identifiers.map(plain) ?? [], anchor: person.identifiers[0] };
    },
    ({ came, anchor }) =>
      onDone({
        said: say("mergedNow"),
        undo: async () => {
          if (!anchor || !came.length) return;
          const body = { profile: plain(anchor), leaving: came, why: say("undo") };
          await call("post", "/api/v1/identity/split", { body });
        },
      }),
  );
  const isIdentifier = (_: unknown, text?: string) =>
    text && parse(text) ? Promise.resolve() : Promise.reject(new Error(say("badIdentifier")));
  return (
    <Modal
      open
      title={say("mergeTitle")}
      okText={say("merge")}
      confirmLoading={merge.isPending}
      onOk={() => void form.submit()}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" onFinish={(told) => merge.mutate(told)}>
        <Form.Item name="other" label={say("mergeOther")} rules={[{ validator: isIdentifier }]}>
          <Input placeholder={say("mergeHint")} autoFocus />
        </Form.Item>
        <Form.Item name="why" label={say("because")}>
          <Input maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

export function SplitDialog({ person, onDone, onClose }: Deciding) {
  const say = useWords(words);
  const [form] = Form.useForm<{ leaving: string[]; why?: string }>();
  const split = useChange(
    async ({ leaving, why = "" }: { leaving: string[]; why?: string }) => {
      const isLeaving = (one: Identifier) => leaving.includes(spelled(one));
      const going = person.identifiers.filter(isLeaving).map(plain);
      const staying = person.identifiers.filter((one) => !isLeaving(one)).map(plain);
      const [anchor] = staying;
      if (anchor) await call("post", "/api/v1/identity/split", { body: { profile: anchor, leaving: going, why } });
      return { staying, going };
    },
    ({ staying, going }) => onDone({ said: say("splitNow"), undo: () => lift(staying, going, say("undo")) }),
  );
  const options = person.identifiers.map((one) => ({ value: spelled(one), label: `${one.type} ${one.value}` }));
  const someStay = (_: unknown, chosen?: string[]) =>
    chosen?.length && chosen.length < options.length
      ? Promise.resolve()
      : Promise.reject(new Error(say("splitLeaving")));
  return (
    <Modal
      open
      title={say("splitTitle")}
      okText={say("split")}
      confirmLoading={split.isPending}
      onOk={() => void form.submit()}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" onFinish={(told) => split.mutate(told)}>
        <Form.Item name="leaving" label={say("splitLeaving")} rules={[{ validator: someStay }]}>
          <Checkbox.Group options={options} className="stacked" />
        </Form.Item>
        <Form.Item name="why" label={say("because")}>
          <Input maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
