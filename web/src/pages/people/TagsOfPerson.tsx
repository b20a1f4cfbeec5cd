/** The tags and segments of somebody, each with its reason a click away. */

import { Drawer } from "antd";
import { useState } from "react";
import { useAnswer } from "@/api/asking";
import type { Answer } from "@/api/client";
import { useFormat } from "@/app/format";
import { usePreferences } from "@/app/preferences";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { Loaded } from "@/parts/Loaded";
import { useSaid, useWords } from "@/words/words";
import { type Profile, shown } from "./profile";
import { words } from "./words";

export interface Asked {
  kind: "tag" | "segment";
  key: string;
  name: string;
}

interface Named {
  name?: { en?: string; zh?: string };
  label?: { en?: string; zh?: string };
}

/** How values of tags and figures of reasons are written on this page. */
function useTold() {
  const { number } = useFormat();
  const { language } = usePreferences();
  return (value: unknown) => shown(value, number, language);
}

/** What tags and segments are called, and whether that tells the value already; their keys where nothing better is known. */
function useNames() {
  const { may } = useSession();
  const said = useSaid();
  const tell = useTold();
  const tags = useAnswer("/api/v1/tags", {}, { enabled: may("tags.read") });
  const segments = useAnswer("/api/v1/segments", {}, { enabled: may("tags.read") });
  const documents = new Map<string, Named>();
  for (const one of tags.data?.tags ?? []) documents.set(`tag ${one.key}`, one.document as Named);
  for (const one of segments.data?.segments ?? []) documents.set(`segment ${one.key}`, one.document as Named);
  return (kind: Asked["kind"], key: string, value?: unknown) => {
    const found = documents.get(`${kind} ${key}`);
    const label = value === undefined ? "" : said(found?.label);
    const name = label ? label.replace("{value}", () => tell(value)) : said(found?.name) || key;
    return { name, tellsValue: label.includes("{value}") };
  };
}

export function TagsOfPerson({ person }: { person: Profile }) {
  const say = useWords(words);
  const format = useFormat();
  const tell = useTold();
  const labelOf = useNames();
  const nameOf = (kind: Asked["kind"], key: string) => labelOf(kind, key).name;
  const [asked, setAsked] = useState<Asked | null>(null);
  const tags = Object.entries(person.tags);
  return (
    <>
      <Card title={say("tags")}>
        {tags.length === 0 && <p className="soft">{say("noTags")}</p>}
        <ul className="holdings">
          {tags.map(([key, tag]) => {
            const { name, tellsValue } = labelOf("tag", key, tag.value);
            return (
              <li key={key}>
                <span>
                  <b>{name}</b>
                  {tag.value !== true && !tellsValue && <span className="pill on">{tell(tag.value)}</span>}
                  <small>{say("since", { at: format.moment(tag.since) })}</small>
                </span>
                <button
                  type="button"
                  className="link"
                  aria-label={say("whyTitle", { name: nameOf("tag", key) })}
                  onClick={() => setAsked({ kind: "tag", key, name: nameOf("tag", key) })}
                >
                  {say("why")}
                </button>
              </li>
            );
          })}
        </ul>
      </Card>
      <Card title={say("segments")}>
        {person.segments.length === 0 && <p className="soft">{say("noSegments")}</p>}
        <div className="row">
          {person.segments.map((key) => (
            <button
              key={key}
              type="button"
              className="pill pill-button"
              onClick={() => setAsked({ kind: "segment", key, name: nameOf("segment", key) })}
            >
              {nameOf("segment", key)}
            </button>
          ))}
        </div>
      </Card>
      <Why person={person.id} asked={asked} onClose={() => setAsked(null)} />
    </>
  );
}

/** Every condition of a rule, what was found for this person, and what would turn it round. */
export function Why({ person, asked, onClose }: { person: number; asked: Asked | null; onClose: () => void }) {
  const say = useWords(words);
  return (
    <Drawer open={asked !== null} onClose={onClose} size={480} title={asked && say("whyTitle", { name: asked.name })}>
      {asked && <Reasons person={person} asked={asked} />}
    </Drawer>
  );
}

type Found = Answer<"/api/v1/profiles/{identifier}/why">;

function Reasons({ person, asked }: { person: number; asked: Asked }) {
  const say = useWords(words);
  const said = useSaid();
  const tell = useTold();
  const found = useAnswer("/api/v1/profiles/{identifier}/why", {
    at: { identifier: `profile:${person}` },
    query: { key: asked.key, kind: asked.kind },
  });
  return (
    <Loaded query={found}>
      {(why) => (
        <div className="stack">
          {why.sentence && <p className="sentence">{said(why.sentence)}</p>}
          <p className="soft">
            {say("valueNow")}: <b>{tell(why.value)}</b> · {say("version", { n: why.version })}
          </p>
          {why.reasons.map((one, place) => (
            <Reason key={place} reason={one} />
          ))}
        </div>
      )}
    </Loaded>
  );
}

function Reason({ reason }: { reason: Found["reasons"][number] }) {
  const say = useWords(words);
  const said = useSaid();
  const tell = useTold();
  const format = useFormat();
  const { language } = usePreferences();
  const state = reason.passed === null ? "measured" : reason.passed ? "holds" : "fails";
  return (
    <div className="reason">
      <p>
        <span className={reason.passed ? "pill on" : "pill warn"}>{say(state)}</span> {said(reason.sentence)}
      </p>
      {reason.figure !== null && reason.figure !== undefined && (
        <p className="soft">{say("figure", { value: tell(reason.figure) })}</p>
      )}
      {reason.events.length > 0 && (
        <p className="soft">
          {reason.events
            .slice(0, 3)
            .map((one) => `${one.event} ${format.moment(one.at)}`)
            .join(language === "zh" ? "、" : ", ")}
        </p>
      )}
      {reason.changes.map((turn, place) => (
        <p key={place} className="soft">
          {turn.kind === "more"
            ? say("turnMore", { n: format.number(turn.amount) })
            : say(turn.kind === "at" ? "turnAt" : "turnOut", { at: format.moment(turn.at) })}
        </p>
      ))}
    </div>
  );
}
