/** How the file is read: what sets its columns apart, its encoding, whose clock and which decimals. */

import { AutoComplete, Select } from "antd";
import type { ReactNode } from "react";
import { useWords } from "@/words/words";
import type { Mapping } from "./mapping";
import { words } from "./words";

const DELIMITERS = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", whitespace: "whitespace" } as const;
const ENCODINGS = ["utf-8", "gb18030", "utf-16", "latin-1", "big5", "shift_jis"];
const ZONES = ["UTC", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Tokyo", "Asia/Singapore", "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles"]; // prettier-ignore

interface Shown {
  mapping: Mapping;
  isBusy: boolean;
  onChange: (mapping: Mapping) => void;
  /** A change after which the columns are others: the file is read anew. */
  onRead: (mapping: Mapping) => void;
}

export function Reading({ mapping, isBusy, onChange, onRead }: Shown) {
  const say = useWords(words);
  const isTable = (mapping.format ?? "csv") === "csv";
  const same = { disabled: isBusy, popupMatchSelectWidth: false } as const;
  return (
    <div>
      <h3 className="import-head">{say("howRead")}</h3>
      <div className="import-fields">
        {isTable && (
          <>
            <Choice label={say("delimiter")}>
              <Select
                {...same}
                aria-label={say("delimiter")}
                value={mapping.delimiter ?? ","}
                onChange={(delimiter: string) => onRead({ ...mapping, delimiter })}
                options={Object.entries(DELIMITERS).map(([value, key]) => ({ value, label: say(key) }))}
              />
            </Choice>
            <Choice label={say("encoding")}>
              <Select
                {...same}
                aria-label={say("encoding")}
                value={mapping.encoding ?? "utf-8"}
                onChange={(encoding: string) => onRead({ ...mapping, encoding })}
                options={ENCODINGS.map((value) => ({ value, label: value.toUpperCase() }))}
              />
            </Choice>
            <Choice label={say("header")}>
              <Select
                {...same}
                aria-label={say("header")}
                value={(mapping.header ?? true) ? "yes" : "no"}
                onChange={(is: string) => onRead({ ...mapping, header: is === "yes" })}
                options={[
                  { value: "yes", label: say("headerYes") },
                  { value: "no", label: say("headerNo") },
                ]}
              />
            </Choice>
          </>
        )}
        <Choice label={say("decimal")}>
          <Select
            {...same}
            aria-label={say("decimal")}
            value={mapping.decimal ?? "."}
            onChange={(decimal: string) => onChange({ ...mapping, decimal })}
            options={[
              { value: ".", label: "1234.5" },
              { value: ",", label: "1234,5" },
            ]}
          />
        </Choice>
        <Choice label={say("zone")}>
          <AutoComplete
            {...same}
            aria-label={say("zone")}
            value={mapping.zone ?? "UTC"}
            onChange={(zone: string) => onChange({ ...mapping, zone })}
            options={ZONES.map((value) => ({ value }))}
          />
        </Choice>
      </div>
    </div>
  );
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="import-choice">
      <span>{label}</span>
      {children}
    </div>
  );
}
