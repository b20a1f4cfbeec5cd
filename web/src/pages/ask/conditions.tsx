/** Conditions, as docs/questions.md writes them: a list means all; groups may be nested. */
import { Button, Select } from "antd";
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useId } from "react";
import { useTalk } from "@/charts/talk";
import { ScopeChoice, useKnown } from "./choosing";
import { type Group, groupOf, isGroup, type Join, KIND_OF_VALUE, NEW_LEAF, nodeOf, type Op, OPS, withOp, withScope } from "./condition";
import { DayEditor, DurationEditor, type Edited, NameEditor, NumberEditor, TextEditor, TextsEditor } from "./editors";
import { type Document, isDocument, type Json } from "./json";

export function ConditionsEditor({ value, onChange }: Edited) {
  return <GroupEditor group={groupOf(value)} onChange={(group) => onChange(nodeOf(group))} />;
}

function GroupEditor({ group, onChange, onRemove }: { group: Group; onChange: (group: Group) => void; onRemove?: () => void }) {
  const { say } = useTalk();
  const set = (at: number, part: Json | undefined) => {
    const parts = group.parts.flatMap((old, place) => (place !== at ? [old] : part === undefined ? [] : [part]));
    onChange({ ...group, parts });
  };
  return (
    <div className={group.parts.length ? "group" : "group none"}>
      {(group.parts.length > 1 || onRemove) && (
        <Select
          size="small"
          aria-label={say("field.where")}
          value={group.join}
          onChange={(join: Join) => onChange({ ...group, join })}
          popupMatchSelectWidth={false}
          options={[
            { value: "all", label: say("all_of") },
            { value: "any", label: say("any_of") },
            { value: "not", label: say("none_of") },
          ]}
        />
      )}
      {group.parts.map((part, at) =>
        isGroup(part) ? (
          <GroupEditor key={at} group={groupOf(part)} onChange={(next) => set(at, nodeOf(next))} onRemove={() => set(at, undefined)} />
        ) : (
          <LeafEditor key={at} leaf={isDocument(part) ? part : NEW_LEAF} onChange={(next) => set(at, next)} />
        ),
      )}
      <span className="pair">
        <Button size="small" type="text" icon={<PlusOutlined />} onClick={() => onChange({ ...group, parts: [...group.parts, NEW_LEAF] })}>
          {say("add_condition")}
        </Button>
        {group.parts.length > 0 && (
          <Button size="small" type="text" icon={<PlusOutlined />} onClick={() => onChange({ ...group, parts: [...group.parts, { any: [NEW_LEAF] }] })}>
            {say("add_group")}
          </Button>
        )}
        {onRemove && <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={say("remove")} onClick={onRemove} />}
      </span>
    </div>
  );
}

function LeafEditor({ leaf, onChange }: { leaf: Document; onChange: (leaf: Document | undefined) => void }) {
  const { say } = useTalk();
  const id = useId();
  const scope = String(leaf.scope ?? "event");
  const known = useKnown(scope);
  const op = String(leaf.op) as Op;
  return (
    <div className="condition" role="group" aria-label={say("add_condition")}>
      <ScopeChoice id={`${id}-scope`} label={say("breakdown_by")} value={scope} onChange={(next) => onChange(withScope(next))} />
      {scope !== "segment" && (
        <>
          <NameEditor
            id={`${id}-property`}
            label={say("choose_property")}
            hint={say(scope === "tag" ? "choose_tag" : "choose_property")}
            known={known}
            value={leaf.property}
            onChange={(property) => onChange({ ...leaf, property: property ?? "" })}
          />
          <Select
            aria-label={say("field.op")}
            value={op}
            onChange={(next: Op) => onChange(withOp(leaf, next))}
            popupMatchSelectWidth={false}
            options={OPS.map((one) => ({ value: one, label: say(`op.${one}`) }))}
          />
        </>
      )}
      <ValueEditor id={`${id}-value`} op={op} value={leaf.value} known={known} onChange={(value) => onChange({ ...leaf, value: value ?? null })} />
      <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={say("remove")} onClick={() => onChange(undefined)} />
    </div>
  );
}

function ValueEditor({ op, known, ...edited }: Edited & { op: Op; known: ReturnType<typeof useKnown> }) {
  const { say } = useTalk();
  const label = say("value");
  const [low, high] = Array.isArray(edited.value) ? edited.value : [];
  switch (KIND_OF_VALUE[op]) {
    case "texts":
      return <TextsEditor {...edited} label={label} />;
    case "number":
      return <NumberEditor {...edited} label={label} />;
    case "time":
      return <DayEditor {...edited} label={label} />;
    case "length":
      return <DurationEditor {...edited} label={label} usual={{ amount: 7, unit: "day" }} />;
    case "text":
      return <TextEditor {...edited} label={label} />;
    case "segment":
      return <NameEditor {...edited} label={say("choose_segment")} hint={say("choose_segment")} known={known} />;
    case "two":
      return (
        <span className="pair">
          <NumberEditor id={edited.id} label={say("from_value")} value={low} onChange={(next) => edited.onChange([next ?? null, high ?? null])} />
          <NumberEditor id={`${edited.id}-to`} label={say("to_value")} value={high} onChange={(next) => edited.onChange([low ?? null, next ?? null])} />
        </span>
      );
    default:
      return null;
  }
}
