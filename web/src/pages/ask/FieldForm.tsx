/** A question's form, drawn from the list of its fields. */
import { Button } from "antd";
import { ArrowUpOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { createContext, useContext, useId } from "react";
import { ApiError } from "@/api/client";
import { useTalk } from "@/charts/talk";
import { Told } from "@/parts/Said";
import { BinsEditor, BreakdownEditor, CompareEditor, CountByEditor } from "./choosing";
import { ConditionsEditor } from "./conditions";
import {
  ChoiceEditor, ChoicesEditor, DayEditor, DurationEditor, type Edited, EventEditor, FlagEditor, NumberEditor,
  NumbersEditor, PropertyEditor, TextEditor, TextsEditor,
} from "./editors"; // prettier-ignore
import { blank, type Field } from "./fields";
import { changed, type Document, isDocument, type Json } from "./json";
import { isAt, type Problem } from "./problems";

/** What is wrong with the question: said by the API, or known before it is asked. */
export interface Faults {
  readonly problem: Problem | null;
  readonly missing: readonly string[];
}
const Context = createContext<Faults>({ problem: null, missing: [] });
export const FaultsProvider = Context.Provider;

interface Shown {
  readonly fields: readonly Field[];
  readonly value: Document;
  readonly onChange: (value: Document) => void;
  /** Where in the question this is: "" or `steps[0]`. */
  readonly place: string;
}

export function FieldForm({ fields, value, onChange, place }: Shown) {
  const { say } = useTalk();
  const { problem } = useContext(Context);
  const shown = fields.filter((field) => !field.when || field.when(value));
  const folded = shown.filter((field) => field.folded);
  const placeOf = (field: Field) => (place ? `${place}.${field.name}` : field.name);
  const draw = (field: Field) => (
    <FieldRow
      key={field.name}
      field={field}
      value={value[field.name]}
      place={placeOf(field)}
      onChange={(next) => onChange(changed(value, field.name, next))}
    />
  );
  const isWanted = folded.some((field) => value[field.name] !== undefined || isAt(problem, placeOf(field), "below"));
  return (
    <div className="fields">
      {shown.filter((field) => !field.folded).map(draw)}
      {folded.length > 0 && (
        <details open={isWanted || undefined}>
          <summary>{say("more_options")}</summary>
          <div className="fields">{folded.map(draw)}</div>
        </details>
      )}
    </div>
  );
}

interface Row {
  readonly field: Field;
  readonly value: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
  readonly place: string;
}

function FieldRow({ field, value, onChange, place }: Row) {
  const { say } = useTalk();
  const id = useId();
  const { problem, missing } = useContext(Context);
  const name = say(field.label ?? `field.${field.name}`);
  if (field.type === "items") return <Items field={field} value={value} onChange={onChange} place={place} name={name} />;
  if (field.type === "part") return <Part field={field} value={value} onChange={onChange} place={place} name={name} />;
  const isWrong = missing.includes(place) || isAt(problem, place, "below");
  const edited: Edited = { id, value, onChange, status: isWrong ? "error" : "" };
  return (
    <div className={`field ${field.type}`}>
      {field.type === "conditions" ? (
        <span className="field-name">{name}</span>
      ) : field.type === "flag" ? null : (
        <label className="field-name" htmlFor={id}>
          {name}
        </label>
      )}
      <Editor field={field} edited={edited} name={name} />
      {problem && isAt(problem, place, "below") && (
        <div className="field-problem" role="alert">
          <Told failure={new ApiError(422, "bad_question", problem.message)} />
        </div>
      )}
    </div>
  );
}

function Editor({ field, edited, name }: { field: Field; edited: Edited; name: string }) {
  switch (field.type) {
    case "event":
      return <EventEditor {...edited} />;
    case "property":
      return <PropertyEditor {...edited} usual={field.usual} />;
    case "conditions":
      return <ConditionsEditor {...edited} />;
    case "breakdown":
      return <BreakdownEditor {...edited} />;
    case "flag":
      return <FlagEditor {...edited} text={name} usual={field.usual} />;
    case "day":
      return <DayEditor {...edited} />;
    case "text":
      return <TextEditor {...edited} />;
    case "texts":
    case "properties":
      return <TextsEditor {...edited} />;
    case "numbers":
      return <NumbersEditor {...edited} />;
    case "bins":
      return <BinsEditor {...edited} />;
    case "compare":
      return <CompareEditor {...edited} />;
    case "count_by":
      return <CountByEditor {...edited} />;
    case "number":
      return <NumberEditor {...edited} {...field} />;
    case "choice":
      return <ChoiceEditor {...edited} options={field.options} usual={field.usual} />;
    case "choices":
      return <ChoicesEditor {...edited} options={field.options} />;
    case "duration":
      return <DurationEditor {...edited} usual={field.usual} />;
    default:
      return null;
  }
}

type Of<T extends Field["type"]> = Omit<Row, "field"> & { readonly field: Extract<Field, { type: T }>; readonly name: string };

/** A part of its own; one that may be left out is opened by a button. */
function Part({ field, value, onChange, place, name }: Of<"part">) {
  const { say } = useTalk();
  const document = isDocument(value) ? value : undefined;
  if (field.optional && !document) {
    return (
      <Button size="small" type="dashed" icon={<PlusOutlined />} onClick={() => onChange(blank(field.fields))}>
        {name}
      </Button>
    );
  }
  return (
    <fieldset className="part">
      <legend>{name}</legend>
      <FieldForm fields={field.fields} value={document ?? {}} onChange={onChange} place={place} />
      {field.optional && (
        <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={`${say("remove")} ${name}`} onClick={() => onChange(undefined)} />
      )}
    </fieldset>
  );
}

/** Several alike in order: steps, series, weights. */
function Items({ field, value, onChange, place, name }: Of<"items">) {
  const { say } = useTalk();
  const items = Array.isArray(value) ? value.filter(isDocument) : [];
  const set = (at: number, item: Document) => onChange(items.map((old, i) => (i === at ? item : old)));
  const remove = (at: number) => onChange(items.length > 1 ? items.filter((_, i) => i !== at) : undefined);
  const raise = (at: number) => onChange(items.map((old, i) => (i === at - 1 ? (items[at] ?? old) : i === at ? (items[at - 1] ?? old) : old)));
  return (
    <fieldset className="items">
      <legend>{name}</legend>
      {items.map((item, at) => (
        <div className="item" role="group" aria-label={`${name} ${at + 1}`} key={at}>
          <span className="item-sign" aria-hidden>
            {field.name === "series" ? String.fromCharCode(65 + at) : at + 1}
          </span>
          <FieldForm fields={field.fields} value={item} onChange={(next) => set(at, next)} place={`${place}[${at}]`} />
          <span className="item-tools">
            {at > 0 && <Button type="text" size="small" icon={<ArrowUpOutlined />} aria-label={`${say("up")} ${at + 1}`} onClick={() => raise(at)} />}
            {items.length > field.least && (
              <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={`${say("remove")} ${at + 1}`} onClick={() => remove(at)} />
            )}
          </span>
        </div>
      ))}
      {items.length < field.most && (
        <Button size="small" type="dashed" icon={<PlusOutlined />} aria-label={`${say("add")}: ${name}`} onClick={() => onChange([...items, blank(field.fields)])}>
          {say("add")}
        </Button>
      )}
    </fieldset>
  );
}
