/** What segments have in common, as bars over a table of dots; behind every bar are its people. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useMemo, useState } from "react";
import { type ApiError, call } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import type { Definition } from "@/definitions/document";
import { useDefinitions } from "@/definitions/loading";
import { Card } from "@/parts/Card";
import { Loaded } from "@/parts/Loaded";
import { PeopleList } from "@/parts/PeopleDrawer";
import { useSaid, useWords } from "@/words/words";
import { OverlapPicture } from "./OverlapPicture";
import { OverlapTable } from "./OverlapTable";
import type { NameOf, Overlaid, Part } from "./overlaid";
import { words } from "./words";

const MOST = 6;
const AT_FIRST = 4;

function useOverlap(segments: readonly string[]) {
  const { workspace } = useSession();
  return useQuery<Overlaid, ApiError>({
    queryKey: [workspace, "overlap", segments],
    queryFn: ({ signal }) => call("post", "/api/v1/segments/overlap", { body: { segments: [...segments], ticket: "" }, signal }),
    enabled: segments.length > 1,
    placeholderData: keepPreviousData,
  });
}

/** The published segments by name, the largest first. Nothing where there are fewer than two to compare. */
export function Overlap() {
  const said = useSaid();
  const all = useDefinitions("segment");
  const published = useMemo(
    () => (all.data ?? []).filter((one) => one.state === "published").toSorted((a, b) => (b.people ?? 0) - (a.people ?? 0)),
    [all.data],
  );
  const names = useMemo(
    () => new Map(published.map((one) => [one.key, said((one.document as Definition).name) || one.key])),
    [published, said],
  );
  if (published.length < 2) return null;
  return <Laid names={names} />;
}

function Laid({ names }: { names: ReadonlyMap<string, string> }) {
  const say = useWords(words);
  const [picked, setPicked] = useState<readonly string[] | null>(null);
  const chosen = (picked ?? [...names.keys()].slice(0, AT_FIRST)).filter((key) => names.has(key));
  const found = useOverlap(chosen);
  const nameOf = (key: string) => names.get(key) ?? key;
  return (
    <Card title={say("title")} className="overlap">
      <p className="soft">{say("lead")}</p>
      <Select
        mode="multiple"
        maxCount={MOST}
        className="overlap-choice"
        aria-label={say("choose")}
        placeholder={say("choose")}
        value={[...chosen]}
        onChange={setPicked}
        optionFilterProp="label"
        options={[...names].map(([value, label]) => ({ value, label }))}
      />
      {chosen.length < 2 ? (
        <p className="soft">{say("two")}</p>
      ) : (
        <Loaded query={found} rows={6}>
          {(overlaid) => <Drawn overlaid={overlaid} nameOf={nameOf} />}
        </Loaded>
      )}
    </Card>
  );
}

function Drawn({ overlaid, nameOf }: { overlaid: Overlaid; nameOf: NameOf }) {
  const say = useWords(words);
  const format = useFormat();
  const { may } = useSession();
  const [asked, setAsked] = useState<Part | null>(null);
  const onPick = may("profiles.read") ? setAsked : null;
  if (!overlaid.parts.length) return <p className="soft">{say("empty")}</p>;
  return (
    <>
      <p>{say("inAny", { n: format.number(overlaid.in_any), all: format.number(overlaid.in_all) })}</p>
      <div className="overlap-body">
        <OverlapPicture overlaid={overlaid} nameOf={nameOf} onPick={onPick} />
        <OverlapTable overlaid={overlaid} nameOf={nameOf} onPick={onPick} />
      </div>
      <PeopleList
        asked={asked && [overlaid.segments, asked.segments]}
        title={asked ? asked.segments.map(nameOf).join(say("and")) : ""}
        load={(cursor) => peopleOf(overlaid.segments, asked?.segments ?? [], cursor)}
        onClose={() => setAsked(null)}
      />
    </>
  );
}

async function peopleOf(segments: readonly string[], within: readonly string[], cursor: string | null) {
  const page = await call("post", "/api/v1/segments/overlap/people", {
    body: { segments: [...segments], within: [...within], limit: 50, cursor, ticket: "" },
  });
  return { ...page, next: page.next ?? null };
}
