/** One person on one page: what they did, what is known, what follows from it, and why all this is one person. */

import { Link, useParams } from "react-router";
import { useAnswer } from "@/api/asking";
import { useSourceNames } from "@/api/sources";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { Loaded } from "@/parts/Loaded";
import { useFormat } from "@/app/format";
import { useWords } from "@/words/words";
import { Consent } from "./Consent";
import { Identity } from "./Identity";
import { IdentityGraph } from "./IdentityGraph";
import { TagsOfPerson } from "./TagsOfPerson";
import { Timeline } from "./Timeline";
import { words } from "./words";
import { PageHead } from "@/parts/PageHead";
import { nameOf } from "./naming";
import { type Profile, written } from "./profile";
import { strongestFirst } from "@/parts/strength";

export function Person() {
  const say = useWords(words);
  const named = useParams()["*"] ?? "";
  const identifier = /^\d+$/.test(named) ? `profile:${named}` : named; // pages name a profile by its number alone
  const profile = useAnswer("/api/v1/profiles/{identifier}", { at: { identifier } });
  return (
    <>
      <p className="crumb">
        <Link to="/people">← {say("back")}</Link>
      </p>
      <Loaded query={profile} rows={10}>
        {(person) => <Whole person={person} />}
      </Loaded>
    </>
  );
}

function Whole({ person }: { person: Profile }) {
  const say = useWords(words);
  const { may } = useSession();
  const named = strongestFirst(person.identifiers).slice(0, 3).map((one) => `${one.type} ${one.value}`);
  return (
    <>
      <PageHead title={nameOf(person)} lead={named.join(" · ")}>
        <span className={person.identified ? "pill on" : "pill"} title={say(person.identified ? "identifiedMore" : "anonymousMore")}>
          {say(person.identified ? "identified" : "anonymous")}
        </span>
        <span className="pill">{say("profileId", { id: person.id })}</span>
        {person.former_ids.length > 0 && (
          <span className="pill">{say("merged", { ids: person.former_ids.join(", ") })}</span>
        )}
      </PageHead>
      <p className="soft person-note">{say(person.identified ? "identifiedMore" : "anonymousMore")}</p>
      <div className="columns">
        <Timeline id={person.id} />
        <div>
          <TagsOfPerson person={person} />
          <Traits person={person} />
          <Consent person={person} />
          {may("identity.read") && <Identity person={person} />}
        </div>
      </div>
      {may("identity.read") && <IdentityGraph person={person} />}
    </>
  );
}

/** Every statement with who made it. Where two sources disagree, the one that holds is here. */
function Traits({ person }: { person: Profile }) {
  const say = useWords(words);
  const format = useFormat();
  const sourceName = useSourceNames();
  const traits = Object.entries(person.trait_details);
  return (
    <Card title={say("traits")}>
      {traits.length === 0 && <p className="soft">{say("noTraits")}</p>}
      <dl className="facts">
        {traits.map(([name, trait]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <span className="break">{written(trait.value)}</span>
              <small>{say("traitFrom", { source: sourceName(trait.source), at: format.moment(trait.at) })}</small>
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
