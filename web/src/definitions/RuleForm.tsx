import { PlusOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import { useWords } from "@/words/words";
import { ConditionRow } from "./ConditionRow";
import { type Condition, FRESH, type Form, type Json, ruleOfForm } from "./document";
import { useKnown } from "./known";
import { words } from "./words";

/** The conditions of a rule as lines, joined by all or any. */
export function RuleForm({ form, onChange }: { form: Form; onChange: (rule: Json) => void }) {
  const say = useWords(words);
  const known = useKnown();
  const change = (changes: Partial<Form>) => onChange(ruleOfForm({ ...form, ...changes }));
  const replace = (place: number, next: Condition[]) => change({ conditions: form.conditions.toSpliced(place, 1, ...next) });
  return (
    <div className="stack">
      <div className="row">
        {say("joined")}
        <Select<"all" | "any">
          aria-label={say("joined")}
          value={form.join}
          popupMatchSelectWidth={false}
          onChange={(join) => change({ join })}
          options={(["all", "any"] as const).map((one) => ({ value: one, label: say(one) }))}
        />
      </div>
      {form.conditions.map((one, place) => (
        <ConditionRow
          key={place}
          value={one}
          known={known}
          onChange={(next) => replace(place, [next])}
          onRemove={() => replace(place, [])}
        />
      ))}
      <div>
        <Button icon={<PlusOutlined />} onClick={() => change({ conditions: [...form.conditions, FRESH.did] })}>
          {say("add")}
        </Button>
      </div>
    </div>
  );
}
