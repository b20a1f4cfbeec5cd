/** One kind of event: its properties as they arrive beside what is planned, and every difference with an example. */

import { Button } from "antd";
import { Link } from "react-router";
import { useAnswer } from "@/api/asking";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { useWords } from "@/words/words";
import { useAccept, usePlanDocument, useWritePlan } from "./deciding";
import { ModeChoice } from "./ModeChoice";
import { type PlanEvent, type PlanProperty, type Problem, problemsOf, type Wanted } from "./problems";
import { words } from "./words";

const TYPES: Readonly<Record<string, keyof typeof words>> = {
  text: "typeText",
  number: "typeNumber",
  integer: "typeInteger",
  boolean: "typeBoolean",
  object: "typeObject",
  list: "typeList",
  any: "typeAny",
  null: "typeNull",
};

function useType(): (type: string) => string {
  const say = useWords(words);
  return (type) => {
    const word = TYPES[type];
    return word ? say(word) : type;
  };
}

export function EventOfPlan({ event }: { event: PlanEvent }) {
  const say = useWords(words);
  const { may } = useSession();
  const { document } = usePlanDocument();
  const accept = useAccept();
  const problems = problemsOf(event, document);
  return (
    <div className="stack">
      {event.description && <p>{event.description}</p>}
      {event.planned && <Handling event={event} />}
      {problems.length > 0 && (
        <ul className="plan-problems">
          {problems.map((one) => (
            <Difference key={`${one.kind} ${one.property}`} problem={one} />
          ))}
        </ul>
      )}
      <Waiting />
      <Properties event={event} />
      {may("policies.write") && (!event.planned || problems.length > 0) && (
        <div>
          <Button type="primary" loading={accept.isPending} onClick={() => accept.mutate([{ event: event.event, properties: problems.map((one) => one.property) }])}>
            {say(event.planned ? "acceptAgain" : "accept")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** What is done with this event when it is not as planned. */
function Handling({ event }: { event: PlanEvent }) {
  const say = useWords(words);
  const { may } = useSession();
  const { document, isKnown } = usePlanDocument();
  const write = useWritePlan();
  const planned = document.events?.[event.event];
  return (
    <ModeChoice
      label={say("ofEvent")}
      value={planned?.mode ?? ""}
      inherits
      disabled={!may("policies.write") || !isKnown}
      onChange={(mode) => write.mutate({ ...document, events: { ...document.events, [event.event]: { ...planned, mode } } })}
    />
  );
}

function Difference({ problem }: { problem: Problem }) {
  const say = useWords(words);
  const sayType = useType();
  const format = useFormat();
  const { kind, property, wanted = "", other = "", share = 0, example } = problem;
  const values = { type: sayType(wanted), other: sayType(other), share: format.percent(share) };
  return (
    <li>
      <b className="break">{property}</b> <span>{say(kind, values)}</span>
      {example && <code className="break">{say("such", { example })}</code>}
    </li>
  );
}

/** Whether any events wait for not being as planned, and the way there. */
function Waiting() {
  const say = useWords(words);
  const format = useFormat();
  const { may } = useSession();
  const counts = useAnswer("/api/v1/quarantine/reasons", {}, { enabled: may("quarantine.read") });
  const n = (counts.data?.reasons as Record<string, number> | undefined)?.against_plan ?? 0;
  if (n === 0) return null;
  return <Link to="/data/quarantine">{say("waiting", { n: format.number(n) })}</Link>;
}

function Properties({ event }: { event: PlanEvent }) {
  const say = useWords(words);
  return (
    <div className="scroll">
      <table className="plain">
        <thead>
          <tr>
            <th>{say("property")}</th>
            <th>{say("arrivesAs")}</th>
            <th className="number">{say("share")}</th>
            <th>{say("examples")}</th>
            <th>{say("inPlan")}</th>
          </tr>
        </thead>
        <tbody>
          {event.properties.map((one) => (
            <Property key={one.name} property={one} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Property({ property }: { property: PlanProperty }) {
  const say = useWords(words);
  const sayType = useType();
  const format = useFormat();
  const wanted = property.planned as Wanted | null;
  const types = Object.keys(property.types).map(sayType).join(", ");
  const agreed = wanted && [sayType(wanted.type ?? "any"), wanted.required ? say("required") : ""].filter(Boolean).join(" · ");
  return (
    <tr>
      <td className="break">
        <b>{property.name}</b>
        {property.gone && <small className="block">{say("gone")}</small>}
      </td>
      <td>{property.type ? sayType(property.type) : types || say("notSure")}</td>
      <td className="number">{format.percent(property.share)}</td>
      <td className="break">
        {property.examples.map((example) => (
          <code key={example} className="block">
            {example}
          </code>
        ))}
      </td>
      <td className="soft break">
        {agreed ?? "–"}
        {wanted?.enum && <small className="block">{say("oneOf", { values: wanted.enum.join(", ") })}</small>}
      </td>
    </tr>
  );
}
