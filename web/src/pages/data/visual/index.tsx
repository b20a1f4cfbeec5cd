/** Visual events: opened on a page to be drafted there; here they are looked at, published and retired. */

import { AimOutlined, ReloadOutlined } from "@ant-design/icons";
import { Button, Popconfirm } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { useAnswer, useChange } from "@/api/asking";
import { call } from "@/api/client";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { EmptyState } from "@/parts/EmptyState";
import { Loaded } from "@/parts/Loaded";
import { useSaid, useWords } from "@/words/words";
import { asking, documentOf, pageOf, type VisualEvent } from "./document";
import { OpenPage } from "./OpenPage";
import { Trend } from "./Trend";
import { VersionsDrawer } from "./Versions";
import "./visual.css";
import { words } from "./words";

/** Drafts come from another window, so the list is asked for again by itself. */
const EVERY_MS = 10_000;

export function VisualEvents() {
  const say = useWords(words);
  const { may } = useSession();
  const events = useAnswer("/api/v1/visual-events", {}, { every: EVERY_MS });
  const [isOpening, setOpening] = useState(false);
  const open = may("visual_events.write") && (
    <Button type="primary" icon={<AimOutlined />} onClick={() => setOpening(true)}>
      {say("open")}
    </Button>
  );
  return (
    <>
      <Loaded
        query={events}
        empty={({ visual_events: all }) =>
          all.length === 0 && (
            <EmptyState title={say("nothing")}>
              <p>{say("nothingMore")}</p>
              {open}
            </EmptyState>
          )
        }
      >
        {({ visual_events: all }) => (
          <Card
            title={say("title")}
            aside={
              <span className="row">
                <Button icon={<ReloadOutlined />} aria-label={say("refresh")} onClick={() => void events.refetch()} />
                {open}
              </span>
            }
          >
            <p className="soft">{say("lead")}</p>
            <Table events={all} />
          </Card>
        )}
      </Loaded>
      {isOpening && <OpenPage onClose={() => setOpening(false)} />}
    </>
  );
}

function Table({ events }: { events: VisualEvent[] }) {
  const say = useWords(words);
  const { may } = useSession();
  const [looked, setLooked] = useState<VisualEvent | null>(null);
  return (
    <div className="scroll">
      <table className="plain">
        <thead>
          <tr>
            <th>{say("name")}</th>
            <th>{say("found")}</th>
            <th>{say("state")}</th>
            {may("questions.ask") && <th>{say("clicks")}</th>}
            <th />
          </tr>
        </thead>
        <tbody>
          {events.map((one) => (
            <Line key={one.key} event={one} onVersions={() => setLooked(one)} />
          ))}
        </tbody>
      </table>
      <VersionsDrawer event={looked} onClose={() => setLooked(null)} />
    </div>
  );
}

function Line({ event, onVersions }: { event: VisualEvent; onVersions: () => void }) {
  const say = useWords(words);
  const said = useSaid();
  const { may } = useSession();
  const document = documentOf(event.document);
  return (
    <tr>
      <td className="break">
        <b>{said(document.name)}</b>
        <small className="block">
          <code>{event.key}</code>
        </small>
      </td>
      <td className="break">
        <code>{document.element ?? document.text?.value}</code>
        <small className="block">{pageOf(document) || say("anyPage")}</small>
      </td>
      <td className="nowrap">
        <State event={event} />
      </td>
      {may("questions.ask") && (
        <td>
          <Trend where={event.where} />
        </td>
      )}
      <td className="right">
        <span className="row visual-deeds">
          {event.event && may("questions.ask") && <Link to={asking(event.event)}>{say("ask")}</Link>}
          {event.state !== "draft" && (
            <Button size="small" onClick={onVersions}>
              {say("versions")}
            </Button>
          )}
          {may("visual_events.publish") && <Deeds event={event} />}
        </span>
      </td>
    </tr>
  );
}

function State({ event }: { event: VisualEvent }) {
  const say = useWords(words);
  if (event.state !== "published") return <span className="pill">{say(event.state)}</span>;
  return (
    <>
      <span className="pill on">{say("published", { n: event.version ?? 0 })}</span>
      {event.changed && <small className="block">{say("changed")}</small>}
    </>
  );
}

/** Publishing, retiring, and forgetting a draft: only here, never on the page that is pointed at. */
function Deeds({ event }: { event: VisualEvent }) {
  const say = useWords(words);
  const at = { key: event.key };
  const publish = useChange(() => call("post", "/api/v1/visual-events/{key}/publish", { at }));
  const end = useChange(() => call("delete", "/api/v1/visual-events/{key}", { at }));
  const ending = event.state === "draft" ? (["forget", "forgetAsk"] as const) : (["retire", "retireAsk"] as const);
  return (
    <>
      {(event.state !== "published" || event.changed) && (
        <Popconfirm title={say("publishAsk")} okText={say("publish")} onConfirm={() => publish.mutate(undefined)}>
          <Button size="small" type="primary" loading={publish.isPending}>
            {say("publish")}
          </Button>
        </Popconfirm>
      )}
      {event.state !== "retired" && (
        <Popconfirm title={say(ending[1])} okText={say(ending[0])} onConfirm={() => end.mutate(undefined)}>
          <Button size="small" danger loading={end.isPending}>
            {say(ending[0])}
          </Button>
        </Popconfirm>
      )}
    </>
  );
}
