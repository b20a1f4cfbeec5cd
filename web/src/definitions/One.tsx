/** One tag or segment: what it says, for how many, every version of it. */

import { Button, Popconfirm } from "antd";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useAnswer, useChange } from "@/api/asking";
import { call } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { Chart } from "@/parts/Chart";
import { Figure } from "@/parts/Figure";
import { Loaded } from "@/parts/Loaded";
import { PageHead } from "@/parts/PageHead";
import { PeopleList } from "@/parts/PeopleDrawer";
import { useSaid, useWords } from "@/words/words";
import type { Definition, Kind } from "./document";
import { Flips } from "./Flips";
import { StatePill } from "./List";
import { end, publish, type Shown, useDefinition, useVersions } from "./loading";
import { words } from "./words";

export function One({ kind }: { kind: Kind }) {
  const say = useWords(words);
  const { key = "" } = useParams();
  const found = useDefinition(kind, key, true);
  return (
    <>
      <p className="crumb">
        <Link to={`/${kind}s`}>← {say(kind === "tag" ? "tags" : "segments")}</Link>
      </p>
      <Loaded query={found} rows={8}>
        {(one) => <Whole kind={kind} one={one} />}
      </Loaded>
    </>
  );
}

function Whole({ kind, one }: { kind: Kind; one: Shown }) {
  const say = useWords(words);
  const said = useSaid();
  const { may } = useSession();
  const [isListed, setListed] = useState(false);
  const document = one.document as Definition;
  const canList = kind === "segment" && one.state === "published" && may("profiles.read");
  return (
    <>
      <PageHead title={said(document.name) || one.key} lead={<code>{one.key}</code>}>
        {may("tags.write") && <Actions kind={kind} one={one} />}
      </PageHead>
      <div className="columns">
        <div>
          <Card title={say("meaning")} aside={<StatePill one={one} />}>
            <p className="sentence">{said(one.sentence) || "–"}</p>
            <details className="document">
              <summary>{say("document")}</summary>
              <pre>{JSON.stringify(document, null, 2)}</pre>
            </details>
          </Card>
          {one.state === "published" && may("profiles.read") && <Flips kind={kind} name={one.key} />}
          {kind === "segment" && one.state === "published" && <History segment={one.key} />}
        </div>
        <div>
          <Card>
            <Figure label={say("people")} value={one.people} {...(canList ? { onClick: () => setListed(true) } : {})} />
          </Card>
          <VersionsOf kind={kind} name={one.key} />
        </div>
      </div>
      {canList && (
        <PeopleList
          asked={isListed ? one.key : null}
          title={said(document.name)}
          load={(cursor) =>
            call("get", "/api/v1/segments/{key}/people", { at: { key: one.key }, query: { limit: 50, cursor } }).then(
              (page) => ({ ...page, next: page.next ?? null }),
            )
          }
          onClose={() => setListed(false)}
        />
      )}
    </>
  );
}

function Actions({ kind, one }: { kind: Kind; one: Shown }) {
  const say = useWords(words);
  const navigate = useNavigate();
  const publishing = useChange(() => publish(kind, one.key));
  const ending = useChange(() => end(kind, one.key), () => void navigate(`/${kind}s`));
  const isPublished = one.state === "published";
  return (
    <>
      <Popconfirm title={say("endAsk")} okText={say("end")} onConfirm={() => ending.mutate(undefined)}>
        <Button loading={ending.isPending}>{say("end")}</Button>
      </Popconfirm>
      <Button onClick={() => void navigate("edit")}>{say("edit")}</Button>
      {(!isPublished || one.changed) && (
        <Button
          type="primary"
          title={say("publishNote")}
          loading={publishing.isPending}
          onClick={() => publishing.mutate(undefined)}
        >
          {say("publish")}
        </Button>
      )}
    </>
  );
}

function VersionsOf({ kind, name }: { kind: Kind; name: string }) {
  const say = useWords(words);
  const said = useSaid();
  const format = useFormat();
  const found = useVersions(kind, name);
  return (
    <Card title={say("versions")}>
      <Loaded query={found}>
        {({ versions }) =>
          versions.length === 0 ? (
            <p className="soft">{say("noVersions")}</p>
          ) : (
            <ol className="versions">
              {versions.map((one) => (
                <li key={one.version}>
                  <b>{say("version", { n: one.version })}</b> <small>{format.moment(one.at)}</small>
                  <p className="soft">{one.document === null ? say("versionEnded") : said(one.sentence)}</p>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </Card>
  );
}

function History({ segment }: { segment: string }) {
  const say = useWords(words);
  const format = useFormat();
  const found = useAnswer("/api/v1/segments/{key}/history", { at: { key: segment }, query: { days: 7 } });
  return (
    <Card title={say("history")}>
      <Loaded query={found}>
        {({ days }) => (
          <Chart
            label={say("history")}
            height={200}
            option={{
              tooltip: { trigger: "axis" },
              xAxis: { type: "category", data: days.map((one) => format.shortDay(one.at)) },
              yAxis: { type: "value", minInterval: 1 },
              series: [{ type: "line", smooth: true, areaStyle: { opacity: 0.12 }, data: days.map((one) => one.count) }],
            }}
          />
        )}
      </Loaded>
    </Card>
  );
}
