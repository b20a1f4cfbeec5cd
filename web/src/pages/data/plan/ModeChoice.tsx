import { Select } from "antd";
import { useWords } from "@/words/words";
import type { Mode } from "./deciding";
import { words } from "./words";

const MODES: readonly [Mode, keyof typeof words][] = [
  ["accept", "modeAccept"],
  ["warn", "modeWarn"],
  ["enforce", "modeEnforce"],
];

interface Choosing {
  label: string;
  value: string;
  /** Whether it may be left to what holds for all. */
  inherits?: boolean;
  disabled: boolean;
  onChange: (mode: Mode | null) => void;
}

/** What is done about events that are not as planned. */
export function ModeChoice({ label, value, inherits = false, disabled, onChange }: Choosing) {
  const say = useWords(words);
  const modes = MODES.map(([mode, word]) => ({ value: mode as string, label: say(word) }));
  return (
    <label className="plan-mode">
      <span>{label}</span>
      <Select
        aria-label={label}
        value={value}
        disabled={disabled}
        popupMatchSelectWidth={false}
        onChange={(chosen) => onChange((chosen || null) as Mode | null)}
        options={inherits ? [{ value: "", label: say("asWhole") }, ...modes] : modes}
      />
    </label>
  );
}
