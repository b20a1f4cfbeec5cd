/** A file on its way in: chosen, its columns guessed, looked at, sent. */

import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { useChange } from "@/api/asking";
import { addressOf, type Answer, send } from "@/api/client";
import { Card } from "@/parts/Card";
import { useWords } from "@/words/words";
import { words } from "./words";

type Guess = Answer<"/api/v1/imports/guess", "post">;
const GUESSED_BYTES = 1024 * 1024;
const WORKBOOK = /\.(xlsx|xlsm|xlsb|xls|ods|parquet)$/i;

/** Workbooks and Parquet cannot be cut; of texts the beginning is enough. */
function beginningOf(file: File): Blob {
  return WORKBOOK.test(file.name) ? file : file.slice(0, GUESSED_BYTES);
}

export function Upload({ onDone }: { onDone: () => void }) {
  const say = useWords(words);
  const [file, setFile] = useState<File | null>(null);
  const [guess, setGuess] = useState<Guess | null>(null);
  const look = useChange(
    async (chosen: File) =>
      (await send("POST", addressOf("/api/v1/imports/guess", { file: chosen.name }), {
        body: beginningOf(chosen),
      })) as Guess,
    setGuess,
  );
  const choose = (chosen: File | undefined) => {
    if (!chosen) return;
    setFile(chosen);
    setGuess(null);
    look.mutate(chosen);
  };
  return (
    <Card title={say("upload")}>
      <div className="stack">
        <p className="soft">{say("uploadMore")}</p>
        <input type="file" aria-label={say("choose")} onChange={(event) => choose(event.target.files?.[0])} />
        {look.isPending && <p className="soft">…</p>}
        {file && guess && <Mapping key={file.name} file={file} guess={guess} onDone={onDone} />}
      </div>
    </Card>
  );
}

function Mapping({ file, guess, onDone }: { file: File; guess: Guess; onDone: () => void }) {
  const say = useWords(words);
  const [source, setSource] = useState(file.name.replace(/\.[^.]*$/, "").slice(0, 100));
  const [text, setText] = useState(() => JSON.stringify(guess.mapping, null, 2));
  const begin = useChange(
    () => send("POST", addressOf("/api/v1/imports", { source, mapping: JSON.stringify(JSON.parse(text)), file: file.name }), { body: file }),
    onDone,
  );
  const notes = Object.entries(guess.notes as Record<string, string>);
  return (
    <>
      {notes.length > 0 && (
        <Alert
          type="info"
          showIcon
          title={say("lookAt")}
          description={notes.map(([column, note]) => (
            <div key={column}>
              <b>{column}</b>: {note}
            </div>
          ))}
        />
      )}
      <Form layout="vertical" onFinish={() => begin.mutate(undefined)}>
        <Form.Item label={say("into")} htmlFor="into">
          <Input id="into" value={source} maxLength={100} onChange={(event) => setSource(event.target.value)} />
        </Form.Item>
        <Form.Item label={say("mapping")} htmlFor="mapping" extra={say("mappingMore")}>
          <Input.TextArea
            id="mapping"
            className="rule-text"
            autoSize={{ minRows: 6, maxRows: 24 }}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={begin.isPending} disabled={!source}>
          {say("start")}
        </Button>
      </Form>
    </>
  );
}
