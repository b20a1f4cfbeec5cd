import { useInfiniteQuery } from "@tanstack/react-query";
import { App, Button, Drawer, Input } from "antd";
import { useState } from "react";
import { useChange } from "@/api/asking";
import { type Answer, type ApiError, call } from "@/api/client";
import { useSession } from "@/app/session";
import { figure } from "@/charts/figures";
import type { Cell } from "@/charts/model";
import { useTalk } from "@/charts/talk";
import { ErrorState } from "@/parts/ErrorState";
import { PersonLink } from "@/parts/PersonLink";
import { Waiting } from "@/parts/Waiting";
import { type Envelope, isWorthAnotherTry } from "./asking";

type Page = Answer<"/api/v1/questions/people", "post">;

/** A figure that somebody pointed at. */
export interface Pointed {
  readonly reference: Envelope["people"];
  readonly cell: Cell;
}

const PAGE = 50;

/** The people behind a figure: how many, who, why; and a list to keep of them. */
export function PeopleBehind({ pointed: latest, onClose }: { pointed: Pointed | null; onClose: () => void }) {
  const talk = useTalk();
  const [pointed, setPointed] = useState(latest);
  if (latest !== null && latest !== pointed) setPointed(latest); // what was shown stays while the drawer closes
  const { workspace, may } = useSession();
  const pages = useInfiniteQuery<Page, ApiError>({
    queryKey: [workspace, "behind", pointed],
    queryFn: ({ pageParam, signal }) =>
      call("post", "/api/v1/questions/people", { body: asked(pointed, pageParam as string | null), signal }),
    initialPageParam: null,
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: pointed !== null,
    retry: isWorthAnotherTry,
  });
  const first = pages.data?.pages[0];
  const people = pages.data?.pages.flatMap((page) => page.people) ?? [];
  return (
    <Drawer open={latest !== null} onClose={onClose} title={talk.say("people_title")} size={500} {...(document.fullscreenElement ? { getContainer: inSight } : {})}>
      {pages.isPending && <Waiting />}
      {pages.error && <ErrorState failure={pages.error} onRetry={() => void pages.refetch()} />}
      {first && (
        <div className="behind">
          <p className="behind-count">
            <b data-count={first.count}>{talk.say("people_count", { n: figure(first.count, "count", talk) })}</b>
            {first.moved_on && <small> · {talk.say("people_moved")}</small>}
          </p>
          {may("questions.save") && first.count > 0 && pointed && <SaveList pointed={pointed} />}
          <ul className="people">
            {people.map((person) => (
              <li key={String(person.person)}>
                <PersonLink person={person} />
                <Reason reason={person.reason} />
              </li>
            ))}
          </ul>
          {pages.hasNextPage && (
            <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
              {talk.say("more")}
            </Button>
          )}
        </div>
      )}
    </Drawer>
  );
}

/** Of a page in full screen only what is inside the element that fills it can be seen. */
export function inSight(): HTMLElement {
  return document.fullscreenElement instanceof HTMLElement ? document.fullscreenElement : document.body;
}

function asked(pointed: Pointed | null, cursor: string | null) {
  const { kind = "", question = {}, ...version } = pointed?.reference ?? {};
  return { kind, question, ...version, cell: { ...pointed?.cell }, limit: PAGE, cursor, ticket: "" };
}

/** Why somebody is among them, as the kind tells it: times of steps, a score. */
function Reason({ reason }: { reason: unknown }) {
  const { say } = useTalk();
  if (reason === null || reason === undefined) return null;
  return (
    <details className="reason">
      <summary>{say("why")}</summary>
      <pre>{JSON.stringify(reason, null, 1)}</pre>
    </details>
  );
}

function SaveList({ pointed }: { pointed: Pointed }) {
  const talk = useTalk();
  const { message } = App.useApp();
  const [name, setName] = useState("");
  const { kind, question } = pointed.reference;
  const save = useChange(
    (told: string) => call("post", "/api/v1/lists", { body: { name: told, kind, question, cell: { ...pointed.cell }, ticket: "" } }),
    (made) => {
      void message.success(talk.say("list_saved", { n: figure(made.saved, "count", talk), name: made.name }));
      setName("");
    },
  );
  return (
    <form
      className="pair save-list"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) save.mutate(name.trim());
      }}
    >
      <Input aria-label={talk.say("list_name")} placeholder={talk.say("list_name")} value={name} onChange={(event) => setName(event.target.value)} />
      <Button htmlType="submit" loading={save.isPending} disabled={!name.trim()}>
        {talk.say("list_save")}
      </Button>
    </form>
  );
}
