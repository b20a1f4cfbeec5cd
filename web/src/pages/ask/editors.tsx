/** The editors of single values. Each takes a value of the document and tells the next one; undefined is "nothing". */
import { AutoComplete, Checkbox, Input, InputNumber, Select } from "antd";
import { useTalk } from "@/charts/talk";
import type { AskKey } from "@/words/ask";
import type { OptionName } from "./fields";
import { type Document, isDocument, type Json } from "./json";
import { type Known, useNames } from "./names";

export interface Edited {
  readonly id: string;
  readonly value: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
  /** Where no visible label stands beside it. */
  readonly label?: string;
  readonly status?: "error" | "";
}

const UNITS = ["second", "minute", "hour", "day", "week"] as const;

/** A name: one of those there are, or any other. */
export function NameEditor({
  id, value, onChange, label, status, known, hint,
}: Edited & { known: readonly Known[]; hint: string }) {
  const text = typeof value === "string" ? value : "";
  return (
    <AutoComplete
      id={id}
      className="wide"
      value={text}
      {...(label && { "aria-label": label })}
      {...(status && { status })}
      allowClear
      placeholder={hint}
      onChange={(next) => onChange(next || undefined)}
      options={known.map((one) => ({
        value: one.name,
        label: (
          <span className="suggestion">
            <span>{one.name}</span>
            <small>{one.note}</small>
          </span>
        ),
      }))}
      showSearch={{ filterOption: (typed, option) => matches(typed, text, option?.value) }}
      popupMatchSelectWidth={280}
    />
  );
}

/** All names while the one that stands there is whole; else those that have in them what is typed. */
function matches(typed: string, present: string, name: unknown): boolean {
  return typed === present && typed === "" ? true : String(name).toLowerCase().includes(typed.toLowerCase());
}

export function EventEditor(edited: Edited) {
  const { say } = useTalk();
  return <NameEditor {...edited} known={useNames().events} hint={say("choose_event")} />;
}

/** A property of events; `usual` is the one that is taken where none is named. */
export function PropertyEditor({ usual, ...edited }: Edited & { usual?: string | undefined }) {
  const { say } = useTalk();
  return <NameEditor {...edited} known={useNames().properties} hint={usual ?? say("choose_property")} />;
}

export function TextEditor({ id, value, onChange, label, status }: Edited) {
  return (
    <Input
      id={id}
      value={value === undefined || value === null ? "" : String(value)}
      onChange={(event) => onChange(event.target.value || undefined)}
      {...(label && { "aria-label": label })}
      {...(status && { status })}
    />
  );
}

/** Several texts; Enter or a comma ends each. */
export function TextsEditor({ id, value, onChange, label, known = [] }: Edited & { known?: readonly Known[] }) {
  const { say } = useTalk();
  const texts = Array.isArray(value) ? value.map(String) : value === undefined || value === null ? [] : [String(value)];
  return (
    <Select
      id={id}
      mode="tags"
      className="wide"
      value={texts}
      placeholder={say("values_hint")}
      tokenSeparators={[",", "，"]}
      onChange={(next: string[]) => onChange(next.length ? next : undefined)}
      options={known.map((one) => ({ value: one.name }))}
      {...(label && { "aria-label": label })}
      {...(known.length ? {} : { open: false, suffixIcon: null })}
    />
  );
}

export function NumbersEditor(edited: Edited) {
  const told = (next: Json | undefined) =>
    edited.onChange(Array.isArray(next) ? next.map(Number).filter((one) => !Number.isNaN(one)) : undefined);
  return <TextsEditor {...edited} onChange={told} />;
}

export function NumberEditor({
  id, value, onChange, label, status, least, most, usual,
}: Edited & { least?: number; most?: number; usual?: number }) {
  return (
    <InputNumber
      id={id}
      value={typeof value === "number" ? value : null}
      {...(least !== undefined && { min: least })}
      {...(most !== undefined && { max: most })}
      placeholder={usual === undefined ? "" : String(usual)}
      onChange={(next) => onChange(next ?? undefined)}
      {...(label && { "aria-label": label })}
      {...(status && { status })}
    />
  );
}

export function ChoiceEditor({
  id, value, onChange, label, status, options, usual,
}: Edited & { options: readonly OptionName[]; usual?: OptionName | undefined }) {
  const { say } = useTalk();
  const chosen = typeof value === "string" ? value : (usual ?? "");
  return (
    <Select
      id={id}
      value={chosen}
      onChange={(next: string) => onChange(next === "" || next === usual ? undefined : next)}
      popupMatchSelectWidth={false}
      {...(label && { "aria-label": label })}
      {...(status && { status })}
      options={[
        ...(usual === undefined ? [{ value: "", label: say("none") }] : []),
        ...options.map((one) => ({ value: one, label: say(`option.${one}`) })),
      ]}
    />
  );
}

export function ChoicesEditor({ id, value, onChange, label, options }: Edited & { options: readonly OptionName[] }) {
  const { say } = useTalk();
  const chosen = Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : [];
  return (
    <Select
      id={id}
      mode="multiple"
      className="wide"
      value={chosen}
      placeholder={say("everything")}
      onChange={(next: string[]) => onChange(next.length ? next : undefined)}
      {...(label && { "aria-label": label })}
      options={options.map((one) => ({ value: one, label: say(`option.${one}`) }))}
    />
  );
}

export function FlagEditor({ id, value, onChange, text, usual }: Edited & { text: string; usual?: true | undefined }) {
  const isOn = value === undefined ? usual === true : value === true;
  return (
    <Checkbox id={id} checked={isOn} onChange={(event) => onChange(event.target.checked === (usual === true) ? undefined : event.target.checked)}>
      {text}
    </Checkbox>
  );
}

export function DurationEditor({ id, value, onChange, label, usual }: Edited & { usual: Document }) {
  const { say } = useTalk();
  const length = isDocument(value) ? value : usual;
  return (
    <span className="pair">
      <NumberEditor
        id={id}
        value={length.amount}
        least={1}
        onChange={(amount) => onChange(amount === undefined ? undefined : { ...length, amount })}
        {...(label && { label })}
      />
      <Select
        aria-label={say("option.day" satisfies AskKey)}
        value={String(length.unit)}
        onChange={(unit: string) => onChange({ ...length, unit })}
        options={UNITS.map((unit) => ({ value: unit, label: say(`option.${unit}`) }))}
      />
    </span>
  );
}

const DAY = /^\d{4}-\d\d-\d\d$/;

/** A day of the calendar; a relative one, or a moment, stands as it is written. */
export function DayEditor({ id, value, onChange, label }: Edited) {
  const text = typeof value === "string" ? value : "";
  return (
    <input
      id={id}
      type={text === "" || DAY.test(text) ? "date" : "text"}
      className="day"
      value={text}
      onChange={(event) => onChange(event.target.value || undefined)}
      {...(label && { "aria-label": label })}
    />
  );
}
