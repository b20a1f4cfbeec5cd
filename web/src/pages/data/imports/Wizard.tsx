/** A file on its way in, in four steps: chosen, its columns named, its rows checked, imported. */

import { Steps } from "antd";
import { useState } from "react";
import { Card } from "@/parts/Card";
import { useWords } from "@/words/words";
import { sourceOf, type Import, type Work } from "./asked";
import { CheckStep } from "./CheckStep";
import { FileStep } from "./FileStep";
import { ImportStep } from "./ImportStep";
import type { Mapping } from "./mapping";
import { MappingStep } from "./MappingStep";
import { words } from "./words";

const FILE = 0, MAPPING = 1, CHECK = 2, IMPORT = 3; // prettier-ignore

export function Wizard({ onDone }: { onDone: () => void }) {
  const say = useWords(words);
  const [step, setStep] = useState(FILE);
  const [work, setWork] = useState<Work | null>(null);
  const [begun, setBegun] = useState<Import | null>(null);
  const [expected, setExpected] = useState<number | null>(null);
  return (
    <Card title={say("title")} className="import-wizard">
      <Steps
        current={step}
        size="small"
        responsive={false}
        titlePlacement="vertical"
        items={(["stepFile", "stepMapping", "stepCheck", "stepImport"] as const).map((one) => ({ title: say(one) }))}
      />
      {step === FILE && (
        <FileStep
          onLooked={(upload, look) => {
            setWork({ upload, look, mapping: look.mapping as Mapping, source: sourceOf(upload.file) });
            setStep(MAPPING);
          }}
        />
      )}
      {step === MAPPING && work && (
        <MappingStep work={work} onChange={setWork} onBack={() => setStep(FILE)} onNext={() => setStep(CHECK)} />
      )}
      {step === CHECK && work && (
        <CheckStep
          work={work}
          onBack={() => setStep(MAPPING)}
          onBegun={(one, rows) => {
            setBegun(one);
            setExpected(rows);
            setStep(IMPORT);
          }}
        />
      )}
      {step === IMPORT && begun && <ImportStep begun={begun} expected={expected} onBack={() => setStep(MAPPING)} onDone={onDone} />}
    </Card>
  );
}
