/** One line of a rule: chosen, not written. */

import { DeleteOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Input, InputNumber, Select } from "antd";
import { useWords } from "@/words/words";
import { type Condition, FRESH, UNITS, type Unit, WITHOUT_VALUE } from "./document";
import type { Known } from "./known";
import { words } from "./words";

interface Row<C extends Condition = Condition> {
  value: C;
  known: Known;
  onChange: (next: Condition) => void;
}

const KINDS: readonly Condition["is"][] = ["did", "left", "trait", "identifier", "tag", "segment"];
const TEXT_OPS = ["equals", "not_equals", "contains", "gt", "lt", "is_set", "is_not_set"] as const;
const TAG_OPS = ["is_set", "is_not_set", "equals", "not_equals"] as const;

export function ConditionRow({ value, known, onChange, onRemove }: Row & { onRemove: () => void }) {
  const say = useWords(words);
  return (
    <div className="condition">
      <Select<Condition["is"]>
        aria-label={say("conditionKind")}
        value={value.is}
        popupMatchSelectWidth={false}
        onChange={(is) => onChange(FRESH[is])}
        options={KINDS.map((is) => ({ value: is, label: say(is) }))}
      />
      {value.is === "did" && <Did value={value} known={known} onChange={onChange} />}
      {value.is === "left" && <Left value={value} known={known} onChange={onChange} />}
      {value.is === "segment" && (
        <Choice label={say("segment")} value={value.name} of={known.segments} onChange={(name) => onChange({ ...value, name })} />
      )}
      {(value.is === "trait" || value.is === "identifier" || value.is === "tag") && (
        <Compared value={value} known={known} onChange={onChange} />
      )}
      <Button type="text" icon={<DeleteOutlined />} aria-label={say("removeCondition")} onClick={onRemove} />
    </div>
  );
}

function Did({ value, known, onChange }: Row<Extract<Condition, { is: "did" }>>) {
  const say = useWords(words);
  const change = (changes: Partial<typeof value>) => onChange({ ...value, ...changes });
  return (
    <>
      <EventName label={say("event")} value={value.event} known={known} onChange={(event) => change({ event })} />
      <Select
        aria-label={say("op")}
        value={value.op}
        onChange={(op) => change({ op })}
        popupMatchSelectWidth={false}
        options={(["gte", "lte", "equals"] as const).map((op) => ({ value: op, label: say(op) }))}
      />
      <InputNumber
        aria-label={say("amount")}
        min={0}
        value={value.value}
        onChange={(told) => change({ value: told ?? 0 })}
        className="short"
      />
      <Select<"count" | "days">
        aria-label={say("measure")}
        value={value.measure}
        onChange={(measure) => change({ measure })}
        popupMatchSelectWidth={false}
        options={(["count", "days"] as const).map((one) => ({ value: one, label: say(one) }))}
      />
      <Select
        aria-label={say("inLast")}
        value={value.last === null ? "ever" : "last"}
        popupMatchSelectWidth={false}
        onChange={(when) => change({ last: when === "ever" ? null : 7 })}
        options={[
          { value: "last", label: say("inLast") },
          { value: "ever", label: say("ever") },
        ]}
      />
      {value.last !== null && (
        <Duration amount={value.last} unit={value.unit} onChange={(last, unit) => change({ last, unit })} />
      )}
    </>
  );
}

function Left({ value, known, onChange }: Row<Extract<Condition, { is: "left" }>>) {
  const say = useWords(words);
  const change = (changes: Partial<typeof value>) => onChange({ ...value, ...changes });
  return (
    <>
      <EventName label={say("event")} value={value.event} known={known} onChange={(event) => change({ event })} />
      <span>{say("notEvent")}</span>
      <EventName label={say("notEvent")} value={value.without} known={known} onChange={(without) => change({ without })} />
      <span>{say("within")}</span>
      <Duration
        amount={value.within}
        unit={value.withinUnit}
        onChange={(within, withinUnit) => change({ within, withinUnit })}
      />
      <span>{say("inLast")}</span>
      <Duration amount={value.last} unit={value.unit} onChange={(last, unit) => change({ last, unit })} />
    </>
  );
}

function Compared({ value, known, onChange }: Row<Extract<Condition, { is: "trait" | "identifier" | "tag" }>>) {
  const say = useWords(words);
  const change = (changes: Partial<typeof value>) => onChange({ ...value, ...changes });
  const names = value.is === "tag" ? known.tags : value.is === "identifier" ? known.identifiers : known.traits;
  const ops = value.is === "tag" ? TAG_OPS : TEXT_OPS;
  return (
    <>
      {value.is === "trait" ? (
        <AutoComplete
          className="fill"
          aria-label={say("trait")}
          value={value.name}
          onChange={(name: string) => change({ name })}
          options={names}
        />
      ) : (
        <Choice label={say(value.is)} value={value.name} of={names} onChange={(name) => change({ name })} />
      )}
      <Select
        aria-label={say("op")}
        value={value.op}
        popupMatchSelectWidth={false}
        onChange={(op: string) => change({ op })}
        options={ops.map((op) => ({ value: op, label: say(op) }))}
      />
      {!WITHOUT_VALUE.has(value.op) && (
        <Input
          className="fill"
          aria-label={say("value")}
          value={value.value}
          onChange={(event) => change({ value: event.target.value })}
        />
      )}
    </>
  );
}

type Named = { value: string; label?: string };

function EventName(shown: { label: string; value: string; known: Known; onChange: (name: string) => void }) {
  return (
    <AutoComplete
      className="fill"
      aria-label={shown.label}
      placeholder={shown.label}
      value={shown.value}
      onChange={shown.onChange}
      options={shown.known.events}
      showSearch={{ filterOption: (text, one) => String(one?.value).toLowerCase().includes(text.toLowerCase()) }}
    />
  );
}

function Choice(shown: { label: string; value: string; of: readonly Named[]; onChange: (name: string) => void }) {
  return (
    <Select
      className="fill"
      aria-label={shown.label}
      value={shown.value || undefined}
      placeholder={shown.label}
      onChange={shown.onChange}
      options={[...shown.of]}
    />
  );
}

function Duration(shown: { amount: number; unit: Unit; onChange: (amount: number, unit: Unit) => void }) {
  const say = useWords(words);
  return (
    <>
      <InputNumber
        aria-label={say("amount")}
        className="short"
        min={1}
        max={3660}
        value={shown.amount}
        onChange={(told) => shown.onChange(told ?? 1, shown.unit)}
      />
      <Select<Unit>
        aria-label={say("unit")}
        value={shown.unit}
        popupMatchSelectWidth={false}
        onChange={(unit) => shown.onChange(shown.amount, unit)}
        options={UNITS.map((unit) => ({ value: unit, label: say(unit) }))}
      />
    </>
  );
}
