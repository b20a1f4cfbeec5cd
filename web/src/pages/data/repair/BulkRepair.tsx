/** Events that failed alike, mended together: what to change, a rehearsal that changes nothing, then the repair. */

import { PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery } from "@tanstack/react-query";
import { App, Button, Popconfirm } from "antd";
import { useState } from "react";
import { useChange } from "@/api/asking";
import { type Answer, type ApiError, call } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Told } from "@/parts/Said";
import { useWords } from "@/words/words";
import { Rehearsal } from "./Rehearsal";
import { StepRow } from "./StepRow";
import { blankStep, documentOf, fieldsOf, isComplete, type Step } from "./steps";
import { words } from "./words";

export type Group = Answer<"/api/v1/quarantine/groups">["groups"][number];
type Preview = Answer<"/api/v1/quarantine/repairs/preview", "post">;
const REHEARSED = 10;

/** The oldest events of a group as they are: their fields are what steps can name. */
function useFields(group: Group) {
  const { workspace } = useSession();
  const sample = useQuery<Preview, ApiError>({
    queryKey: [workspace, "repair sample", group],
    queryFn: () => call("post", "/api/v1/quarantine/repairs/preview", { body: { ...meant(group), steps: [] }, query: { limit: REHEARSED } }),
  });
  return new Map(sample.data?.events.flatMap((one) => fieldsOf(one.before)));
}

/** Which events are meant, as a repair names them. */
function meant({ source, reason, protocol, cause }: Group) {
  return { source, reason: reason as never, protocol, cause };
}

export function BulkRepair({ group, onDone }: { group: Group; onDone: () => void }) {
  const say = useWords(words);
  const format = useFormat();
  const { may } = useSession();
  const { message } = App.useApp();
  const paths = useFields(group);
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const body = { ...meant(group), steps: steps.map((step) => documentOf(step, paths)) };
  const key = JSON.stringify(body);
  const rehearsal = useMutation<{ found: Preview; of: string }, ApiError, void>({
    mutationFn: async () => ({
      found: await call("post", "/api/v1/quarantine/repairs/preview", { body, query: { limit: REHEARSED } }),
      of: key,
    }),
  });
  const repair = useChange(
    () => call("post", "/api/v1/quarantine/repairs", { body }),
    ({ outcome }) => {
      const { passed = 0, tried = 0 } = outcome as { passed?: number; tried?: number };
      void message.success(say("done", { passed: format.number(passed), tried: format.number(tried) }), 6);
      onDone();
    },
  );
  const isReady = steps.every(isComplete);
  const isRehearsed = rehearsal.data?.of === key;
  return (
    <div className="stack">
      <p className="soft break" lang="en">
        {group.cause}
      </p>
      <Steps steps={steps} fields={[...paths.keys()]} onChange={setSteps} />
      <div className="row">
        <Button type={isRehearsed ? "default" : "primary"} disabled={!isReady} loading={rehearsal.isPending} onClick={() => rehearsal.mutate()}>
          {say("rehearse")}
        </Button>
        {may("quarantine.replay") && (
          <Popconfirm
            title={<div className="plan-ask">{say("carryOutAsk", { n: format.number(group.events) })}</div>}
            okText={say("carryOut")}
            onConfirm={() => repair.mutate(undefined)}
          >
            <Button type={isRehearsed ? "primary" : "default"} disabled={!isRehearsed || rehearsal.data?.found.passing === 0} loading={repair.isPending}>
              {say("carryOut")}
            </Button>
          </Popconfirm>
        )}
      </div>
      {rehearsal.error && (
        <div className="problem" role="alert">
          <Told failure={rehearsal.error} />
        </div>
      )}
      {rehearsal.data && !isRehearsed && <p className="soft">{say("changedSince")}</p>}
      {rehearsal.data && isRehearsed && <Rehearsal preview={rehearsal.data.found} />}
    </div>
  );
}

interface Writing {
  steps: readonly Step[];
  fields: readonly string[];
  onChange: (steps: readonly Step[]) => void;
}

function Steps({ steps, fields, onChange }: Writing) {
  const say = useWords(words);
  const next = 1 + Math.max(0, ...steps.map((step) => step.id));
  return (
    <section aria-label={say("steps")}>
      <h3>{say("steps")}</h3>
      <p className="soft">{say("stepsMore")}</p>
      <ol className="repair-steps">
        {steps.map((step, place) => (
          <StepRow
            key={step.id}
            step={step}
            n={place + 1}
            fields={fields}
            onChange={(changed) => onChange(steps.map((one) => (one.id === step.id ? changed : one)))}
            onRemove={() => onChange(steps.filter((one) => one.id !== step.id))}
          />
        ))}
      </ol>
      <Button size="small" icon={<PlusOutlined />} onClick={() => onChange([...steps, blankStep(next)])}>
        {say("addStep")}
      </Button>
    </section>
  );
}
