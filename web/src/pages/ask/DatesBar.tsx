import { Select } from "antd";
import { useId } from "react";
import { useTalk } from "@/charts/talk";
import { DayEditor } from "./editors";
import { changed, type Document, type Json } from "./json";

/** Ranges by name. They stay relative: a saved question asks about the last days at every run. */
export const RANGES = {
  usual: [undefined, undefined],
  today: ["today", "today"],
  yesterday: ["yesterday", "yesterday"],
  last7: ["-6d", "today"],
  last30: ["-29d", "today"],
  last90: ["-89d", "today"],
  month: ["mStart", "today"],
  quarter: ["qStart", "today"],
  year: ["-11mStart", "today"],
} as const satisfies Record<string, readonly [string | undefined, string | undefined]>;
type Named = keyof typeof RANGES;

/** The name of the range that a question asks about; none of them: one's own. */
export function rangeOf(question: Document): Named | "custom" {
  const names = Object.keys(RANGES) as Named[];
  const from = question.date_from;
  const to = question.date_to ?? (from === undefined ? undefined : "today"); // today is where a range ends by default
  return names.find((name) => RANGES[name][0] === from && RANGES[name][1] === to) ?? "custom";
}

export function ranged(question: Document, name: Named | "custom", today: string): Document {
  const [from, to]: readonly [Json | undefined, Json | undefined] = name === "custom" ? [today, today] : RANGES[name];
  return changed(changed(question, "date_from", from), "date_to", to);
}

/** The dates of a question: a range by name, or two days. */
export function DatesBar({ question, onChange }: { question: Document; onChange: (question: Document) => void }) {
  const { say } = useTalk();
  const id = useId();
  const range = rangeOf(question);
  const names = [...(Object.keys(RANGES) as Named[]), "custom" as const];
  return (
    <div className="dates">
      <label htmlFor={id}>{say("dates")}</label>
      <Select
        id={id}
        value={range}
        onChange={(name: Named | "custom") => onChange(ranged(question, name, new Date().toISOString().slice(0, 10)))}
        popupMatchSelectWidth={false}
        options={names.map((name) => ({ value: name, label: say(`dates.${name}`) }))}
      />
      {range === "custom" && (
        <span className="pair">
          <DayEditor id={`${id}-from`} label={say("field.date_from")} value={question.date_from} onChange={(day) => onChange(changed(question, "date_from", day))} />
          –
          <DayEditor id={`${id}-to`} label={say("field.date_to")} value={question.date_to} onChange={(day) => onChange(changed(question, "date_to", day))} />
        </span>
      )}
    </div>
  );
}
