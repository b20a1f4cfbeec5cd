import { PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { Link, useNavigate } from "react-router";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { EmptyState } from "@/parts/EmptyState";
import { Loaded } from "@/parts/Loaded";
import { PageHead } from "@/parts/PageHead";
import { useSaid, useWords } from "@/words/words";
import type { Definition, Kind } from "./document";
import { type Shown, useDefinitions } from "./loading";
import { words } from "./words";

/** All tags, or all segments: what they mean in a sentence, and for how many. */
export function List({ kind }: { kind: Kind }) {
  const say = useWords(words);
  const { may } = useSession();
  const navigate = useNavigate();
  const all = useDefinitions(kind);
  const isTag = kind === "tag";
  const create = may("tags.write") && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate("new")}>
      {say(isTag ? "newTag" : "newSegment")}
    </Button>
  );
  return (
    <>
      <PageHead title={say(isTag ? "tags" : "segments")} lead={say(isTag ? "tagsLead" : "segmentsLead")}>
        {create}
      </PageHead>
      <Loaded
        query={all}
        empty={(found) =>
          found.length === 0 && (
            <EmptyState title={say(isTag ? "noTags" : "noSegments")}>
              <p>{say(isTag ? "noTagsMore" : "noSegmentsMore")}</p>
            </EmptyState>
          )
        }
      >
        {(found) => (
          <Card>
            <div className="scroll">
              <table className="plain">
                <thead>
                  <tr>
                    <th>{say("name")}</th>
                    <th>{say("meaning")}</th>
                    <th className="number">{say("people")}</th>
                    <th>{say("state")}</th>
                    <th>{say("updated")}</th>
                  </tr>
                </thead>
                <tbody>
                  {found.map((one) => (
                    <Line key={one.key} one={one} />
                  ))}
                </tbody>
              </table>
            </div>
          </Card>
        )}
      </Loaded>
    </>
  );
}

function Line({ one }: { one: Shown }) {
  const say = useWords(words);
  const said = useSaid();
  const format = useFormat();
  const document = one.document as Definition;
  return (
    <tr>
      <td>
        <Link to={one.key}>
          <b>{said(document.name) || one.key}</b>
        </Link>
        <small className="block">{one.key}</small>
      </td>
      <td className="soft meaning">{said(one.sentence)}</td>
      <td className="number">{format.number(one.people)}</td>
      <td>
        <StatePill one={one} />
        {one.changed && one.state === "published" && <small className="block">{say("changed")}</small>}
      </td>
      <td className="soft nowrap">{format.moment(one.updated_at)}</td>
    </tr>
  );
}

export function StatePill({ one }: { one: Shown }) {
  const say = useWords(words);
  return (
    <span className={one.state === "published" ? "pill on" : "pill"}>
      {say(one.state)}
      {one.version !== null && ` · ${one.version}`}
    </span>
  );
}
