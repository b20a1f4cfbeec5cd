/** The first step: a file is dropped or chosen, uploaded and looked at; or one that was uploaded before is gone on with. */

import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Spin } from "antd";
import { type DragEvent, useRef, useState } from "react";
import { useAnswer, useChange } from "@/api/asking";
import { call } from "@/api/client";
import { useFormat } from "@/app/format";
import { usePreferences } from "@/app/preferences";
import { Loaded } from "@/parts/Loaded";
import { Told } from "@/parts/Said";
import { useWords } from "@/words/words";
import { type Look, type Upload, upload } from "./asked";
import { sized } from "./size";
import { words } from "./words";

type OnLooked = (upload: Upload, look: Look) => void;

export function FileStep({ onLooked }: { onLooked: OnLooked }) {
  const waiting = useAnswer("/api/v1/imports/uploads");
  return (
    <Loaded query={waiting} rows={3}>
      {({ most_bytes, uploads }) => <Choosing most={most_bytes} uploads={uploads} onLooked={onLooked} />}
    </Loaded>
  );
}

function Choosing({ most, uploads, onLooked }: { most: number; uploads: readonly Upload[]; onLooked: OnLooked }) {
  const say = useWords(words);
  const { language } = usePreferences();
  const [file, setFile] = useState<File | null>(null);
  const stop = useRef(new AbortController());
  const look = useMutation({
    mutationFn: (one: Upload) => call("post", "/api/v1/imports/uploads/{upload_id}/look", { at: { upload_id: one.id }, body: {} }),
    onSuccess: (found, one) => onLooked(one, found),
  });
  const sending = useMutation({
    mutationFn: (chosen: File) => upload(chosen, stop.current.signal),
    onSuccess: (one) => look.mutate(one),
  });
  const choose = (chosen: File | undefined) => {
    if (!chosen) return;
    stop.current = new AbortController();
    look.reset();
    sending.reset();
    setFile(chosen);
    if (chosen.size <= most) sending.mutate(chosen);
  };
  const name = file?.name ?? look.variables?.file ?? "";
  const size = sized(file?.size ?? 0, language);
  const failure = look.error ?? (sending.error?.name === "AbortError" ? null : sending.error);
  if (sending.isPending || look.isPending) {
    return (
      <div className="import-wait" role="status">
        <Spin />
        <span className="break">{sending.isPending ? say("uploading", { file: name, size }) : say("looking")}</span>
        {sending.isPending && <Button onClick={() => stop.current.abort()}>{say("cancel")}</Button>}
      </div>
    );
  }
  return (
    <div className="stack">
      {file && file.size > most && <Alert type="error" showIcon title={say("tooBig", { file: name, size, most: sized(most, language) })} />}
      {failure && <Alert type="error" showIcon title={say("unreadable", { file: name })} description={<Told failure={failure} />} />}
      <Drop most={most} onChosen={choose} />
      {uploads.length > 0 && <Earlier uploads={uploads} onChosen={(one) => look.mutate(one)} />}
    </div>
  );
}

/** Where a file is dropped; the whole place is a label of the choice of files. */
function Drop({ most, onChosen }: { most: number; onChosen: (file: File | undefined) => void }) {
  const say = useWords(words);
  const { language } = usePreferences();
  const [isOver, setOver] = useState(false);
  const over = (event: DragEvent, is: boolean) => {
    event.preventDefault();
    setOver(is);
  };
  return (
    <label
      className={isOver ? "import-drop over" : "import-drop"}
      onDragOver={(event) => over(event, true)}
      onDragLeave={(event) => over(event, false)}
      onDrop={(event) => {
        over(event, false);
        onChosen(event.dataTransfer.files[0]);
      }}
    >
      <svg viewBox="0 0 48 48" width="44" height="44" aria-hidden="true">
        <path d="M12 4h17l9 9v31H12z M29 4v9h9 M25 37V21 M18 27l7-7 7 7" />
      </svg>
      <b>{say("drop")}</b>
      <span className="link-like">{say("orChoose")}</span>
      <small>{say("kinds", { most: sized(most, language) })}</small>
      <small>{say("private")}</small>
      <input type="file" aria-label={say("orChoose")} onChange={(event) => onChosen(event.target.files?.[0])} />
    </label>
  );
}

function Earlier({ uploads, onChosen }: { uploads: readonly Upload[]; onChosen: (upload: Upload) => void }) {
  const say = useWords(words);
  const format = useFormat();
  const { language } = usePreferences();
  const remove = useChange((id: string) => call("delete", "/api/v1/imports/uploads/{upload_id}", { at: { upload_id: id } }));
  return (
    <div>
      <h3 className="import-head">{say("goOnWith")}</h3>
      <ul className="import-earlier">
        {uploads.map((one) => (
          <li key={one.id}>
            <button type="button" className="link break" onClick={() => onChosen(one)}>
              {one.file}
            </button>
            <small>
              {sized(one.size, language)} · {format.moment(one.uploaded_at)}
            </small>
            <Button size="small" type="text" loading={remove.isPending && remove.variables === one.id} onClick={() => remove.mutate(one.id)}>
              {say("remove")}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
