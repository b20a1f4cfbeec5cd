/** Writing a tag or segment: conditions on the left, on the right who it would be, while one writes. */

import { Alert, App, Button, Form, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useChange } from "@/api/asking";
import { Card } from "@/parts/Card";
import { Loaded } from "@/parts/Loaded";
import { PageHead } from "@/parts/PageHead";
import { useSaid, useWords } from "@/words/words";
import { type Definition, formOf, type Json, type Kind, keyOf } from "./document";
import { RuleForm } from "./RuleForm";
import { publish, useDefinition, write } from "./loading";
import { useDraft } from "./draft";
import { SizeNow } from "./SizeNow";
import { words } from "./words";

const FAMILIES = ["basic_attribute", "behaviour_preference", "demand_intent", "value_tier"] as const;
const KEY = /^[a-z][a-z0-9_]{0,63}$/;

export function NewOne({ kind }: { kind: Kind }) {
  return <Editor kind={kind} />;
}

export function EditOne({ kind }: { kind: Kind }) {
  const { key = "" } = useParams();
  const found = useDefinition(kind, key);
  return (
    <Loaded query={found}>{(one) => <Editor kind={kind} written={one.document as unknown as Definition} />}</Loaded>
  );
}

function Editor({ kind, written }: { kind: Kind; written?: Definition }) {
  const say = useWords(words);
  const said = useSaid();
  const { draft, change, isRestored, forget } = useDraft(kind, written);
  const [isReadable, setReadable] = useState(true);
  const title = said(draft.name) || say(kind === "tag" ? "newTag" : "newSegment");
  return (
    <>
      <p className="crumb">
        <Link to={written ? `/${kind}s/${written.key}` : `/${kind}s`}>← {say("back")}</Link>
      </p>
      <PageHead title={title}>
        <Saving kind={kind} draft={draft} isNew={!written} isReadable={isReadable} onSaved={forget} />
      </PageHead>
      {isRestored && (
        <Alert
          className="restored"
          type="info"
          showIcon
          title={say("restored")}
          action={
            <Button size="small" onClick={() => forget()}>
              {say("discard")}
            </Button>
          }
        />
      )}
      <div className="columns">
        <div>
          <Names kind={kind} draft={draft} isNew={!written} onChange={change} />
          <RuleCard draft={draft} onChange={change} onReadable={setReadable} />
        </div>
        {isReadable && <SizeNow kind={kind} draft={draft} />}
      </div>
    </>
  );
}

interface Saved {
  kind: Kind;
  draft: Definition;
  isNew: boolean;
  /** Whether what is written as text can be read: else the rule from before would be saved. */
  isReadable: boolean;
  onSaved: () => void;
}

function Saving({ kind, draft, isNew, isReadable, onSaved }: Saved) {
  const say = useWords(words);
  const navigate = useNavigate();
  const { message } = App.useApp();
  const save = useChange(
    async (how: "draft" | "published") => {
      await write(kind, draft, isNew);
      if (how === "published") await publish(kind, draft.key);
      return how;
    },
    (how) => {
      onSaved();
      void message.success(say(how === "published" ? "publishedNow" : "savedNow"));
      void navigate(`/${kind}s/${draft.key}`);
    },
  );
  const isReady = isReadable && KEY.test(draft.key) && draft.name.en !== "" && draft.name.zh !== "";
  const title = isReady ? undefined : say("notReady");
  return (
    <>
      <Button disabled={!isReady} title={title} loading={save.isPending} onClick={() => save.mutate("draft")}>
        {say("save")}
      </Button>
      <Button
        type="primary"
        disabled={!isReady}
        title={title}
        loading={save.isPending}
        onClick={() => save.mutate("published")}
      >
        {say("saveAndPublish")}
      </Button>
    </>
  );
}

interface Changing {
  draft: Definition;
  onChange: (changes: Partial<Definition>) => void;
}

function Names({ kind, draft, isNew, onChange }: Changing & { kind: Kind; isNew: boolean }) {
  const say = useWords(words);
  const rename = (en: string) => {
    const followed = isNew && draft.key === keyOf(draft.name.en);
    onChange({ name: { ...draft.name, en }, ...(followed ? { key: keyOf(en) } : {}) });
  };
  return (
    <Card>
      <Form layout="vertical" className="names" component="div">
        <Form.Item label={say("nameEn")} htmlFor="name-en">
          <Input id="name-en" value={draft.name.en} maxLength={200} onChange={(event) => rename(event.target.value)} />
        </Form.Item>
        <Form.Item label={say("nameZh")} htmlFor="name-zh">
          <Input
            id="name-zh"
            value={draft.name.zh}
            maxLength={200}
            onChange={(event) => onChange({ name: { ...draft.name, zh: event.target.value } })}
          />
        </Form.Item>
        <Form.Item
          label={say("key")}
          htmlFor="key"
          {...(draft.key && !KEY.test(draft.key) ? { validateStatus: "error" as const, help: say("keyRule") } : {})}
        >
          <Input id="key" value={draft.key} disabled={!isNew} onChange={(event) => onChange({ key: event.target.value })} />
        </Form.Item>
        {kind === "tag" && (
          <Form.Item label={say("family")} htmlFor="family">
            <Select
              id="family"
              value={String(draft.family)}
              onChange={(family) => onChange({ family })}
              options={FAMILIES.map((one) => ({ value: one, label: say(one) }))}
            />
          </Form.Item>
        )}
      </Form>
    </Card>
  );
}

function RuleCard({ draft, onChange, onReadable }: Changing & { onReadable: (is: boolean) => void }) {
  const say = useWords(words);
  const form = formOf(draft.rule);
  const [way, setWay] = useState<"form" | "text">(form ? "form" : "text");
  return (
    <Card
      title={say("rule")}
      aside={
        <Segmented<"form" | "text">
          value={way}
          onChange={(next) => {
            setWay(next);
            onReadable(true); // the text begins anew from the rule
          }}
          options={[
            { value: "form", label: say("byConditions") },
            { value: "text", label: say("asText") },
          ]}
        />
      }
    >
      {way === "text" && (
        <RuleText rule={draft.rule ?? {}} onChange={(rule) => onChange({ rule })} onReadable={onReadable} />
      )}
      {way === "form" && !form && <Alert type="info" showIcon title={say("tooRich")} />}
      {way === "form" && form && <RuleForm form={form} onChange={(rule) => onChange({ rule })} />}
    </Card>
  );
}

interface RuleWriting {
  rule: Json;
  onChange: (rule: Json) => void;
  onReadable: (is: boolean) => void;
}

function RuleText({ rule, onChange, onReadable }: RuleWriting) {
  const say = useWords(words);
  const [text, setText] = useState(() => JSON.stringify(rule, null, 2));
  const [problem, setProblem] = useState("");
  const read = (next: string) => {
    setText(next);
    try {
      onChange(JSON.parse(next) as Json);
      setProblem("");
      onReadable(true);
    } catch (failure) {
      setProblem((failure as Error).message);
      onReadable(false);
    }
  };
  return (
    <>
      <Input.TextArea
        className="rule-text"
        aria-label={say("rule")}
        autoSize={{ minRows: 10, maxRows: 30 }}
        spellCheck={false}
        value={text}
        onChange={(event) => read(event.target.value)}
      />
      {problem && <p className="problem">{say("badText", { why: problem })}</p>}
    </>
  );
}
