/** The editors of fields with a shape of their own: breakdown, comparison, who is counted, bins. */
import { Select } from "antd";
import { useTalk } from "@/charts/talk";
import { ChoiceEditor, type Edited, NameEditor, NumberEditor, NumbersEditor, TextsEditor } from "./editors";
import { changed, type Document, isDocument, type Json } from "./json";
import { type Scope, SCOPES } from "./condition";
import { useNames } from "./names";

const SESSION_PROPERTIES = ["duration_seconds", "events", "pages", "entry_page", "exit_page", "bounced"];

/** What may be chosen of a scope. */
export function useKnown(scope: string) {
  const names = useNames();
  if (scope === "tag") return names.tags;
  if (scope === "segment") return names.segments;
  if (scope === "session") return SESSION_PROPERTIES.map((name) => ({ name, note: "" }));
  return scope === "event" ? names.properties : [];
}

export function ScopeChoice({ id, value, onChange, label }: { id: string; value: string; label: string; onChange: (scope: Scope) => void }) {
  const { say } = useTalk();
  return (
    <Select
      id={id}
      aria-label={label}
      value={value as Scope}
      onChange={onChange}
      popupMatchSelectWidth={false}
      options={SCOPES.map((scope) => ({ value: scope, label: say(`scope.${scope}`) }))}
    />
  );
}

export function BreakdownEditor({ id, value, onChange }: Edited) {
  const { say } = useTalk();
  const breakdown: Document = isDocument(value) ? value : {};
  const scope = String(breakdown.scope ?? "event");
  const known = useKnown(scope);
  const change = (name: string, next: Json | undefined) => {
    const made = changed(breakdown, name, next);
    onChange(made.property === undefined ? undefined : made);
  };
  const setScope = (next: Scope) => {
    const bare = { scope: next };
    onChange(next === "event" ? undefined : bare);
  };
  return (
    <span className="pair">
      <ScopeChoice id={`${id}-scope`} label={say("breakdown_by")} value={scope} onChange={setScope} />
      <TextsEditor
        id={id}
        label={say("field.breakdown")}
        value={breakdown.property}
        known={known}
        onChange={(next) => change("property", Array.isArray(next) && next.length === 1 ? next[0] : next)}
      />
      {breakdown.property !== undefined && (
        <>
          <label className="labelled">
            {say("groups_limit")}
            <NumberEditor id={`${id}-limit`} value={breakdown.limit} usual={25} least={1} most={1000} onChange={(next) => change("limit", next)} />
          </label>
          <label className="labelled">
            {say("number_ranges")}
            <NumberEditor id={`${id}-bins`} value={breakdown.bins} least={1} most={100} onChange={(next) => change("bins", next)} />
          </label>
        </>
      )}
    </span>
  );
}

export function CompareEditor({ id, value, onChange }: Edited) {
  const { say } = useTalk();
  const chosen = isDocument(value) ? "days" : value === "previous_period" ? "previous" : "none";
  const choose = (next: string) => onChange(next === "days" ? { days: 7 } : next === "previous" ? "previous_period" : undefined);
  return (
    <span className="pair">
      <Select
        id={id}
        value={chosen}
        onChange={choose}
        popupMatchSelectWidth={false}
        options={(["none", "previous", "days"] as const).map((one) => ({ value: one, label: say(`compare_${one}`) }))}
      />
      {isDocument(value) && (
        <NumberEditor id={`${id}-days`} label={say("compare_days")} value={value.days} least={1} most={3660} onChange={(days) => onChange(days === undefined ? undefined : { days })} />
      )}
    </span>
  );
}

export function CountByEditor({ id, value, onChange }: Edited) {
  const { say } = useTalk();
  const known = useKnown("event");
  const chosen = isDocument(value) ? "property" : value;
  return (
    <span className="pair">
      <ChoiceEditor
        id={id}
        value={chosen}
        options={["user", "session", "event", "property"]}
        usual="user"
        onChange={(next) => onChange(next === "property" ? { property: "$source" } : next)}
      />
      {isDocument(value) && (
        <NameEditor
          id={`${id}-property`}
          label={say("choose_property")}
          hint={say("choose_property")}
          known={known}
          value={value.property}
          onChange={(property) => onChange(property === undefined ? undefined : { ...value, property })}
        />
      )}
    </span>
  );
}

/** Bins of a distribution: a number of equal ranges, or their lower bounds. */
export function BinsEditor({ id, value, onChange }: Edited) {
  const { say } = useTalk();
  return (
    <span className="pair">
      <NumberEditor id={id} label={say("bins_count")} value={value} least={1} most={1000} onChange={onChange} />
      <NumbersEditor id={`${id}-bounds`} label={say("bins_list")} value={Array.isArray(value) ? value : undefined} onChange={onChange} />
    </span>
  );
}
