/** The tracking plan: what sources send, what was agreed, where they differ; and accepting what arrives. */

import { DownloadOutlined } from "@ant-design/icons";
import { Button, Drawer, Popconfirm } from "antd";
import { useState } from "react";
import { useAnswer } from "@/api/asking";
import { addressOf } from "@/api/client";
import { useSourceNames } from "@/api/sources";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { EmptyState } from "@/parts/EmptyState";
import { Figure } from "@/parts/Figure";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { Changes } from "./Changes";
import { useAccept, usePlanDocument, useWritePlan } from "./deciding";
import { EventOfPlan } from "./EventOfPlan";
import { ModeChoice } from "./ModeChoice";
import "./plan.css";
import { type Plan, type PlanEvent, problemsOf } from "./problems";
import { words } from "./words";

export function TrackingPlan() {
  const say = useWords(words);
  const plan = useAnswer("/api/v1/plan", {}, { every: 15_000 });
  return (
    <Loaded
      query={plan}
      rows={8}
      empty={({ events, never_seen }) =>
        events.length + never_seen.length === 0 && (
          <EmptyState title={say("nothing")}>
            <p>{say("nothingMore")}</p>
          </EmptyState>
        )
      }
    >
      {(told) => <Whole plan={told} />}
    </Loaded>
  );
}

function Whole({ plan }: { plan: Plan }) {
  const [opened, setOpened] = useState<string | null>(null);
  const open = plan.events.find((one) => keyOf(one) === opened);
  return (
    <>
      <Decided plan={plan} />
      <Changes />
      <Arriving plan={plan} onOpen={(event) => setOpened(keyOf(event))} />
      <Drawer open={open !== undefined} onClose={() => setOpened(null)} size={760} title={<span className="break">{open?.event}</span>}>
        {open && <EventOfPlan event={open} />}
      </Drawer>
    </>
  );
}

function keyOf(event: PlanEvent): string {
  return `${event.source} ${event.event}`;
}

/** How much is planned, what is done about the rest, and the way to plan it. */
function Decided({ plan }: { plan: Plan }) {
  const say = useWords(words);
  const { may } = useSession();
  const { document, isKnown } = usePlanDocument();
  const accept = useAccept();
  const write = useWritePlan();
  const unplanned = new Set(plan.events.filter((one) => !one.planned).map((one) => one.event));
  const differing = plan.events.filter((one) => problemsOf(one, document).length > 0);
  const mayWrite = may("policies.write");
  const figures = [
    ["arriving", plan.events.length],
    ["unplanned", unplanned.size],
    ["differing", differing.length],
    ["never", plan.never_seen.length],
  ] as const;
  return (
    <Card
      title={say("title")}
      aside={
        <span className="row">
          <Button size="small" icon={<DownloadOutlined />} href={addressOf("/api/v1/plan/export", { format: "yaml" })} download="plan.yaml">
            {say("exported")}
          </Button>
          {mayWrite && unplanned.size > 0 && (
            <Popconfirm
              title={say("acceptAll")}
              description={<div className="plan-ask">{say("acceptAllAsk", { n: unplanned.size })}</div>}
              okText={say("accept")}
              onConfirm={() => accept.mutate([...unplanned].map((event) => ({ event })))}
            >
              <Button size="small" type="primary" loading={accept.isPending}>
                {say("acceptAll")}
              </Button>
            </Popconfirm>
          )}
        </span>
      }
    >
      <p className="soft">{say("lead")}</p>
      <div className="tiles plan-tiles">
        {figures.map(([name, value]) => (
          <Figure key={name} label={say(name)} value={value} />
        ))}
      </div>
      <div className="plan-modes">
        <ModeChoice
          label={say("onDifference")}
          value={plan.mode}
          disabled={!mayWrite || !isKnown}
          onChange={(mode) => write.mutate({ ...document, mode: mode ?? "accept" })}
        />
        <ModeChoice
          label={say("onUnplanned")}
          value={plan.unplanned}
          disabled={!mayWrite || !isKnown}
          onChange={(mode) => write.mutate({ ...document, unplanned: mode ?? "accept" })}
        />
      </div>
      {plan.never_seen.length > 0 && (
        <p className="soft break">
          {say("never")}: {plan.never_seen.join(", ")}
        </p>
      )}
    </Card>
  );
}

/** Every kind of event, those that differ first. */
function Arriving({ plan, onOpen }: { plan: Plan; onOpen: (event: PlanEvent) => void }) {
  const say = useWords(words);
  const { may } = useSession();
  const { document } = usePlanDocument();
  const accept = useAccept();
  const nameOf = useSourceNames();
  const rows = plan.events
    .map((event) => ({ event, problems: problemsOf(event, document).length }))
    .toSorted((a, b) => b.problems - a.problems || Number(a.event.planned) - Number(b.event.planned) || b.event.events - a.event.events);
  return (
    <Card title={say("arriving")}>
      <div className="scroll">
        <table className="plain">
          <thead>
            <tr>
              <th>{say("event")}</th>
              <th>{say("source")}</th>
              <th className="number">{say("events")}</th>
              <th className="number">{say("properties")}</th>
              <th>{say("lastSeen")}</th>
              <th>{say("state")}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {rows.map(({ event, problems }) => (
              <Line key={keyOf(event)} event={event} problems={problems} source={nameOf(event.source)} onOpen={() => onOpen(event)}>
                {!event.planned && may("policies.write") && (
                  <Button size="small" loading={accept.isPending} onClick={() => accept.mutate([{ event: event.event }])}>
                    {say("accept")}
                  </Button>
                )}
              </Line>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

interface Shown {
  event: PlanEvent;
  problems: number;
  source: string;
  onOpen: () => void;
  children: React.ReactNode;
}

function Line({ event, problems, source, onOpen, children }: Shown) {
  const say = useWords(words);
  const format = useFormat();
  const [tone, text] = !event.planned
    ? ["", say("notPlanned")]
    : problems > 0
      ? ["warn", say("differences", { n: problems })]
      : ["on", say("asPlanned")];
  return (
    <tr>
      <td className="break">
        <button type="button" className="link" aria-label={`${say("open")} ${event.event}`} onClick={onOpen}>
          {event.event}
        </button>
      </td>
      <td className="break">{source}</td>
      <td className="number">{format.number(event.events)}</td>
      <td className="number">{format.number(event.properties.length)}</td>
      <td className="nowrap">{format.moment(event.last_seen)}</td>
      <td>
        <span className={`pill ${tone}`}>{text}</span>
        {event.silent_since && <small className="block">{say("silent", { at: format.moment(event.silent_since) })}</small>}
      </td>
      <td className="right">{children}</td>
    </tr>
  );
}
