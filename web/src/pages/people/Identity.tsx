/** Why all these identifiers are one person; and what somebody may decide about it, with the way back. */

import { Button, Drawer } from "antd";
import { useState } from "react";
import { useAnswer, useChange } from "@/api/asking";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { Loaded } from "@/parts/Loaded";
import { strongestFirst } from "@/parts/strength";
import { useWords } from "@/words/words";
import { Chain } from "./Chain";
import type { Decided } from "./decided";
import { MergeDialog, SplitDialog } from "./Decisions";
import { type Identifier, spelled } from "./identifiers";
import type { Profile } from "./profile";
import { words } from "./words";

export function Identity({ person }: { person: Profile }) {
  const say = useWords(words);
  const format = useFormat();
  const { may } = useSession();
  const [asked, setAsked] = useState<Identifier | null>(null);
  const [open, setOpen] = useState<"merge" | "split" | null>(null);
  const [decided, setDecided] = useState<Decided | null>(null);
  const undo = useChange((one: Decided) => one.undo(), () => setDecided(null));
  const done = (one: Decided) => {
    setDecided(one);
    setOpen(null);
  };
  const canSplit = person.identifiers.length > 1;
  return (
    <Card
      title={say("identity")}
      aside={
        may("identity.write") && (
          <span className="row">
            <Button size="small" onClick={() => setOpen("merge")}>
              {say("merge")}
            </Button>
            <Button size="small" disabled={!canSplit} onClick={() => setOpen("split")}>
              {say("split")}
            </Button>
          </span>
        )
      }
    >
      {decided && (
        <p className="decided" role="status">
          {decided.said}{" "}
          <Button size="small" type="link" loading={undo.isPending} onClick={() => undo.mutate(decided)}>
            {say("undo")}
          </Button>
        </p>
      )}
      <ul className="holdings">
        {strongestFirst(person.identifiers).map((one) => (
          <li key={spelled(one)}>
            <span>
              <small>{one.type}</small>
              <b className="break">{one.value}</b>
              <small>{say("firstSeen", { at: format.moment(one.first_seen) })}</small>
            </span>
            <button type="button" className="link" onClick={() => setAsked(one)}>
              {say("explain")}
            </button>
          </li>
        ))}
      </ul>
      <Drawer open={asked !== null} onClose={() => setAsked(null)} title={say("explainTitle")} size={480}>
        {asked && <Explanation a={asked} person={person} />}
      </Drawer>
      {open === "merge" && <MergeDialog person={person} onDone={done} onClose={() => setOpen(null)} />}
      {open === "split" && <SplitDialog person={person} onDone={done} onClose={() => setOpen(null)} />}
    </Card>
  );
}

/** The chain of evidence from an identifier to the one the person is known by. */
function Explanation({ a, person }: { a: Identifier; person: Profile }) {
  const say = useWords(words);
  const other = strongestFirst(person.identifiers).find((one) => spelled(one) !== spelled(a));
  const found = useAnswer(
    "/api/v1/identity/explain",
    { query: { a: spelled(a), b: spelled(other ?? a) } },
    { enabled: other !== undefined },
  );
  if (!other) return <p>{say("founding")}</p>;
  return <Loaded query={found}>{(explanation) => <Chain explanation={explanation} />}</Loaded>;
}
