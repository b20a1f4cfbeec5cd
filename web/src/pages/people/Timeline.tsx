/** What somebody did in every channel, newest first, by the days of the workspace. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useState } from "react";
import { type Answer, type ApiError, call } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { ErrorState } from "@/parts/ErrorState";
import { FlagPills, FlagSentences } from "@/parts/flags";
import { Waiting } from "@/parts/Waiting";
import { shell } from "@/words/shell";
import { useWords } from "@/words/words";
import { written } from "./profile";
import { words } from "./words";

type Page = Answer<"/api/v1/events">;
export type StoredEvent = Page["events"][number];

const PER_PAGE = 100;
/** At first: what follows the timeline on a narrow page should not be a hundred events away. */
const SHOWN_FIRST = 25;

function useTimeline(id: number) {
  const { workspace } = useSession();
  return useInfiniteQuery<Page, ApiError>({
    queryKey: [workspace, "timeline", id],
    queryFn: ({ pageParam, signal }) =>
      call("get", "/api/v1/profiles/{identifier}/timeline", {
        at: { identifier: `profile:${id}` },
        query: { limit: PER_PAGE, cursor: pageParam as string | null },
        signal,
      }),
    initialPageParam: null,
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

export function Timeline({ id }: { id: number }) {
  const say = useWords(words);
  const sayShell = useWords(shell);
  const format = useFormat();
  const pages = useTimeline(id);
  const [event, setEvent] = useState<string | null>(null);
  const [channel, setChannel] = useState<string | null>(null);
  const [room, setRoom] = useState(SHOWN_FIRST);
  const every = pages.data?.pages.flatMap((page) => page.events) ?? [];
  const shown = every.filter((one) => (!event || one.event === event) && (!channel || one.channel === channel));
  const days = [...Map.groupBy(shown.slice(0, room), (one) => format.day(one.occurred_at))];
  const showMore = () => {
    setRoom(room + PER_PAGE);
    if (pages.hasNextPage && shown.length <= room + PER_PAGE) void pages.fetchNextPage();
  };
  return (
    <Card
      title={say("timeline")}
      aside={
        <span className="row">
          <Choice label={say("eventFilter")} all={say("anyEvent")} of={every.map((one) => one.event)} onChange={setEvent} />
          <Choice
            label={say("channelFilter")}
            all={say("anyChannel")}
            of={every.map((one) => one.channel)}
            onChange={setChannel}
          />
        </span>
      }
    >
      {pages.isPending && <Waiting rows={10} />}
      {pages.error && <ErrorState failure={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.data && shown.length === 0 && <p className="soft">{say("noEvents")}</p>}
      {days.map(([day, events]) => (
        <section key={day} className="day">
          <h3>{day}</h3>
          <ol>
            {events.map((one) => (
              <Moment key={one.position} event={one} />
            ))}
          </ol>
        </section>
      ))}
      {(pages.hasNextPage || shown.length > room) && (
        <Button loading={pages.isFetchingNextPage} onClick={showMore}>
          {sayShell("more")}
        </Button>
      )}
    </Card>
  );
}

interface Choosing {
  label: string;
  all: string;
  of: readonly string[];
  onChange: (chosen: string | null) => void;
}

function Choice({ label, all, of, onChange }: Choosing) {
  const options = [...new Set(of)].sort().map((one) => ({ value: one, label: one }));
  return (
    <Select
      size="small"
      aria-label={label}
      defaultValue=""
      popupMatchSelectWidth={false}
      onChange={(chosen) => onChange(chosen || null)}
      options={[{ value: "", label: all }, ...options]}
    />
  );
}

/** One event: a line that opens to everything it carried. */
function Moment({ event }: { event: StoredEvent }) {
  const say = useWords(words);
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const columns = event.columns as Record<string, string>;
  const about = [columns.page_title || columns.url_path, columns.product_id].filter(Boolean).join(" · ");
  return (
    <li className={`moment moment-${event.type}`}>
      <div className="moment-line">
        <time dateTime={event.occurred_at}>{format.time(event.occurred_at)}</time>
        <span className="break">
          <button type="button" className="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {event.event || event.type}
          </button>
          {about && <small> {about}</small>}
          {event.amount && (
            <b className="nowrap">
              {" "}
              {event.currency} {format.number(Number(event.amount))}
            </b>
          )}
        </span>
        <span className="nowrap">
          <FlagPills flags={event.flags} />
          <span className="pill">{event.channel}</span>
        </span>
      </div>
      {isOpen && (
        <>
          <FlagSentences flags={event.flags} flag_reason={event.flag_reason} />
          <Everything event={event} title={say("detail")} />
        </>
      )}
    </li>
  );
}

function Everything({ event, title }: { event: StoredEvent; title: string }) {
  const told = { ...(event.columns as object), ...((event.properties as object | null) ?? {}) };
  return (
    <dl className="moment-facts" aria-label={title}>
      {Object.entries(told).map(([name, value]) => (
        <div key={name}>
          <dt className="break">{name}</dt>
          <dd className="break">{written(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
