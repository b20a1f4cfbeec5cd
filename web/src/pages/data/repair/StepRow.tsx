import { DeleteOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Input, Select } from "antd";
import { useWords } from "@/words/words";
import { type Kind, KINDS, type Step, TYPES } from "./steps";
import { words } from "./words";

const HINTS: Partial<Record<Kind, keyof typeof words>> = {
  set: "valueHint",
  default: "valueHint",
  rename: "toHint",
  move: "placeHint",
  shift_time: "secondsHint",
  map: "byHint",
  replace: "byHint",
};

interface Editing {
  step: Step;
  /** Counted from one, for people. */
  n: number;
  fields: readonly string[];
  onChange: (step: Step) => void;
  onRemove: () => void;
}

/** One change of one field. */
export function StepRow({ step, n, fields, onChange, onRemove }: Editing) {
  const say = useWords(words);
  const options = fields.map((field) => ({ value: field }));
  const hint = HINTS[step.kind];
  return (
    <li className="repair-step">
      <Select<Kind>
        aria-label={say("kind", { n })}
        value={step.kind}
        popupMatchSelectWidth={false}
        onChange={(kind) => onChange({ ...step, kind, other: kind === "convert" ? "text" : "" })}
        options={KINDS.map((kind) => ({ value: kind, label: say(kind) }))}
      />
      <AutoComplete
        aria-label={say("field", { n })}
        value={step.field}
        options={options}
        placeholder={say("fieldHint")}
        popupMatchSelectWidth={false}
        onChange={(field) => onChange({ ...step, field: field ?? "" })}
      />
      {(step.kind === "map" || step.kind === "replace") && (
        <Input
          aria-label={say("from", { n })}
          placeholder={say("fromHint")}
          value={step.from}
          onChange={(event) => onChange({ ...step, from: event.target.value })}
        />
      )}
      {step.kind === "convert" && (
        <Select
          aria-label={say("to", { n })}
          value={step.other}
          onChange={(other) => onChange({ ...step, other })}
          options={TYPES.map((type) => ({ value: type as string, label: say(type) }))}
        />
      )}
      {hint && (
        <Input
          aria-label={say(hint === "valueHint" ? "value" : "to", { n })}
          placeholder={say(hint)}
          value={step.other}
          onChange={(event) => onChange({ ...step, other: event.target.value })}
        />
      )}
      <Button type="text" icon={<DeleteOutlined />} aria-label={say("removeStep", { n })} onClick={onRemove} />
    </li>
  );
}
