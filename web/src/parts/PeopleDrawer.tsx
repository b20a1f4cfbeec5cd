import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Drawer } from "antd";
import { type Answer, type ApiError, call } from "@/api/client";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { shell } from "@/words/shell";
import { useWords } from "@/words/words";
import { ErrorState } from "./ErrorState";
import { PersonLink } from "./PersonLink";
import { Waiting } from "./Waiting";

export type SomePeople = Pick<Answer<"/api/v1/questions/people", "post">, "count" | "people" | "next"> & {
  moved_on?: boolean;
};

/** A figure of an answer, as `questions/people` takes it. */
export interface Behind {
  kind: string;
  question: Record<string, unknown>;
  cell: Record<string, unknown>;
  position?: number;
  identity_version?: number;
}

/** The people behind a figure of an answer; closed while there is none. */
export function PeopleDrawer({ behind, title, onClose }: { behind: Behind | null; title?: string; onClose: () => void }) {
  return (
    <PeopleList
      asked={behind}
      load={(cursor) =>
        call("post", "/api/v1/questions/people", {
          body: { ticket: "", kind: "", question: {}, cell: {}, ...behind, limit: 50, cursor },
        })
      }
      onClose={onClose}
      {...(title ? { title } : {})}
    />
  );
}

interface Shown {
  /** What the list is of: another value is another list, null closes it. */
  asked: unknown;
  load: (cursor: string | null) => Promise<SomePeople>;
  title?: string;
  onClose: () => void;
}

/** People in pages, beside the page that they belong to. */
export function PeopleList({ asked, load, title, onClose }: Shown) {
  const say = useWords(shell);
  const format = useFormat();
  const { workspace } = useSession();
  const pages = useInfiniteQuery<SomePeople, ApiError>({
    queryKey: [workspace, "people", asked],
    queryFn: ({ pageParam }) => load(pageParam as string | null),
    initialPageParam: null,
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: asked !== null,
  });
  const first = pages.data?.pages[0];
  return (
    <Drawer open={asked !== null} onClose={onClose} title={title ?? say("peopleBehind")} size={480}>
      {pages.isPending && <Waiting />}
      {pages.error && <ErrorState failure={pages.error} onRetry={() => void pages.refetch()} />}
      {first && (
        <>
          <p className="soft">
            {first.count ? say("peopleCount", { n: format.number(first.count) }) : say("nobody")}
            {first.moved_on && ` · ${say("movedOn")}`}
          </p>
          <ul className="people">
            {pages.data?.pages.flatMap((page) =>
              page.people.map((person) => (
                <li key={String(person.person)}>
                  <PersonLink person={person} />
                </li>
              )),
            )}
          </ul>
          {pages.hasNextPage && (
            <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
              {say("more")}
            </Button>
          )}
        </>
      )}
    </Drawer>
  );
}
