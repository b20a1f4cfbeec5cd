/** The second step: how the file is read, what each of its columns means, and where it goes. */

import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Input } from "antd";
import { useState } from "react";
import { call } from "@/api/client";
import { Told } from "@/parts/Said";
import { useWords } from "@/words/words";
import type { Work } from "./asked";
import { Columns } from "./Columns";
import { constantEvent, fitted, type Mapping, namesSomebody } from "./mapping";
import { Reading } from "./Reading";
import { words } from "./words";

interface Shown {
  work: Work;
  onChange: (work: Work) => void;
  onBack: () => void;
  onNext: () => void;
}

export function MappingStep({ work, onChange, onBack, onNext }: Shown) {
  const say = useWords(words);
  const { mapping, look, source } = work;
  const change = (changed: Mapping) => onChange({ ...work, mapping: changed });
  const again = useMutation({
    mutationFn: (changed: Mapping) =>
      call("post", "/api/v1/imports/uploads/{upload_id}/look", { at: { upload_id: work.upload.id }, body: { mapping: changed } }),
    onSuccess: (found, asked) => {
      const names = found.columns.map((one) => one.name);
      onChange({ ...work, look: { ...found, notes: look.notes }, mapping: fitted(asked, names) });
    },
  });
  const isKnown = look.columns.length === 0;
  const constant = constantEvent(mapping);
  const isReady = source !== "" && (isKnown || namesSomebody(mapping));
  return (
    <div className="stack">
      {!isKnown && <Reading mapping={mapping} isBusy={again.isPending} onChange={change} onRead={again.mutate} />}
      {again.error && <Alert type="error" showIcon title={say("unreadable", { file: work.upload.file })} description={<Told failure={again.error} />} />}
      {isKnown ? <p>{say("known")}</p> : <Columns columns={look.columns} mapping={mapping} onChange={change} />}
      {!isKnown && mapping.time === undefined && <Alert type="warning" showIcon title={say("noTime")} />}
      {!isKnown && !namesSomebody(mapping) && <Alert type="error" showIcon title={say("nobody")} />}
      <div className="import-fields">
        {!isKnown && constant !== undefined && (
          <label>
            <span>{say("everyRow")}</span>
            <Input value={constant} maxLength={200} onChange={(event) => change({ ...mapping, event: { constant: event.target.value } })} />
          </label>
        )}
        <label>
          <span>{say("into")}</span>
          <Input value={source} maxLength={100} onChange={(event) => onChange({ ...work, source: event.target.value })} />
          <small>{say("intoMore")}</small>
        </label>
      </div>
      <WholeText key={JSON.stringify(mapping)} mapping={mapping} onChange={change} />
      <div className="import-foot">
        <Button onClick={onBack}>{say("back")}</Button>
        <Button type="primary" disabled={!isReady} onClick={onNext}>
          {say("check")}
        </Button>
      </div>
    </div>
  );
}

/** Everything a mapping can say, for whoever needs more than the table. */
function WholeText({ mapping, onChange }: { mapping: Mapping; onChange: (mapping: Mapping) => void }) {
  const say = useWords(words);
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState(() => JSON.stringify(mapping, null, 2));
  const read = parsed(text);
  return (
    <details className="original" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{say("asText")}</summary>
      <Input.TextArea
        aria-label={say("asText")}
        className="rule-text"
        autoSize={{ minRows: 6, maxRows: 24 }}
        spellCheck={false}
        value={text}
        status={read ? "" : "error"}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => read && onChange(read)}
      />
      <small className="block">{read ? say("asTextMore") : say("noJson")}</small>
    </details>
  );
}

function parsed(text: string): Mapping | null {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found && !Array.isArray(found) ? (found as Mapping) : null;
  } catch {
    return null;
  }
}
