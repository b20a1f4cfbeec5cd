/** The table of columns: some of their values, what they mean, and how that is written. */

import { Input, Select } from "antd";
import { useFormat } from "@/app/format";
import { useWords } from "@/words/words";
import type { Look } from "./asked";
import { formatsOf, IDENTIFIERS, type Mapping, nameOf, type Role, roleOf, withFormats, withName, withRole } from "./mapping";
import { words } from "./words";

type Column = Look["columns"][number];

const USUAL_FORMATS = ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%Y年%m月%d日", "seconds", "milliseconds"]; // prettier-ignore

interface Shown {
  columns: readonly Column[];
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}

export function Columns({ columns, mapping, onChange }: Shown) {
  const say = useWords(words);
  return (
    <div>
      <h3 className="import-head">{say("means")}</h3>
      <p className="soft">{say("guessed")}</p>
      <table className="plain import-columns">
        <thead>
          <tr>
            <th>{say("column")}</th>
            <th>{say("samples")}</th>
            <th>{say("meaning")}</th>
            <th>{say("detail")}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((one) => (
            <Line key={one.name} column={one} mapping={mapping} onChange={onChange} />
          ))}
        </tbody>
      </table>
      <datalist id="usual-time-formats">
        {USUAL_FORMATS.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </div>
  );
}

function Line({ column, mapping, onChange }: { column: Column; mapping: Mapping; onChange: (mapping: Mapping) => void }) {
  const say = useWords(words);
  const format = useFormat();
  const role = roleOf(mapping, column.name);
  const empty = column.rows - column.filled;
  const meant = (roles: readonly Role[]) => roles.map((value) => ({ value, label: say(value) }));
  const options = [
    { label: say("groupWho"), options: meant(IDENTIFIERS) },
    { label: say("groupWhat"), options: meant(["time", "event"]) },
    { label: say("groupMore"), options: meant(["text", "number", "boolean", "trait", "skip", ...(role === "other" ? ["other" as const] : [])]) },
  ];
  return (
    <tr className={role === "skip" ? "left-out" : ""}>
      <td className="break">
        <b>{column.name}</b>
        {empty > 0 && <small className="block">{say("emptyCells", { n: format.number(empty), rows: format.number(column.rows) })}</small>}
      </td>
      <td className="break samples">
        {column.samples.slice(0, 3).map((sample) => (
          <code key={sample}>{sample}</code>
        ))}
      </td>
      <td>
        <Select<Role>
          aria-label={say("meaningOf", { column: column.name })}
          value={role}
          options={options}
          popupMatchSelectWidth={false}
          onChange={(chosen) => onChange(withRole(mapping, column.name, chosen))}
        />
      </td>
      <td>
        <Detail column={column.name} role={role} mapping={mapping} onChange={onChange} />
      </td>
    </tr>
  );
}

/** A time has formats, a property or trait a name. */
function Detail({ column, role, mapping, onChange }: { column: string; role: Role; mapping: Mapping; onChange: (mapping: Mapping) => void }) {
  const say = useWords(words);
  if (role === "time") {
    return (
      <Input
        key={formatsOf(mapping)}
        aria-label={say("formatsOf")}
        placeholder={say("iso")}
        list="usual-time-formats"
        defaultValue={formatsOf(mapping)}
        onBlur={(event) => onChange(withFormats(mapping, event.target.value))}
      />
    );
  }
  const name = nameOf(mapping, column);
  if (name === undefined) return null;
  return (
    <Input
      key={name}
      aria-label={say("nameOf", { column })}
      defaultValue={name}
      maxLength={200}
      onBlur={(event) => event.target.value && event.target.value !== name && onChange(withName(mapping, column, event.target.value))}
    />
  );
}
