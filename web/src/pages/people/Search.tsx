import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { useSearchParams } from "react-router";
import { useAnswer } from "@/api/asking";
import { type Answer, type ApiError, call } from "@/api/client";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { EmptyState } from "@/parts/EmptyState";
import { Loaded } from "@/parts/Loaded";
import { PageHead } from "@/parts/PageHead";
import { PersonLink } from "@/parts/PersonLink";
import { useWords } from "@/words/words";
import { candidates } from "./identifiers";
import { toldName } from "./naming";
import { words } from "./words";

type Profile = NonNullable<Answer<"/api/v1/profiles/lookup", "post">["profiles"][number]>;
const SHOWN = 20;

/** Everybody whom a text may stand for, each once. */
function useFound(text: string) {
  const { workspace } = useSession();
  return useQuery<Profile[], ApiError>({
    queryKey: [workspace, "lookup", text],
    queryFn: async ({ signal }) => {
      const answer = await call("post", "/api/v1/profiles/lookup", {
        body: { identifiers: candidates(text), include: [] },
        query: { fresh: true },
        signal,
      });
      const people = answer.profiles.filter((one): one is Profile => one !== null);
      return [...new Map(people.map((one) => [one.id, one])).values()];
    },
    enabled: text !== "",
  });
}

export function Search() {
  const say = useWords(words);
  const [params, setParams] = useSearchParams();
  const text = params.get("q") ?? "";
  const found = useFound(text);
  return (
    <>
      <PageHead title={say("title")} lead={say("lead")} />
      <Input.Search
        key={text}
        size="large"
        className="people-search"
        allowClear
        autoFocus
        aria-label={say("search")}
        placeholder={say("searchHint")}
        defaultValue={text}
        onSearch={(sought) => setParams(sought.trim() ? { q: sought.trim() } : {})}
      />
      {text ? (
        <Loaded
          query={found}
          empty={(people) =>
            people.length === 0 && (
              <EmptyState title={say("nobodyHas", { text })}>
                <p>{say("nobodyMore")}</p>
              </EmptyState>
            )
          }
        >
          {(people) => (
            <Card title={say("found")}>
              <People people={people} />
            </Card>
          )}
        </Loaded>
      ) : (
        <FirstPeople />
      )}
    </>
  );
}

function FirstPeople() {
  const say = useWords(words);
  const page = useAnswer("/api/v1/profiles", { query: { limit: SHOWN } });
  return (
    <Loaded
      query={page}
      empty={({ profiles }) =>
        profiles.length === 0 && (
          <EmptyState title={say("none")}>
            <p>{say("noneMore")}</p>
          </EmptyState>
        )
      }
    >
      {({ profiles }) => (
        <Card title={say("some")}>
          <People people={profiles} />
        </Card>
      )}
    </Loaded>
  );
}

function People({ people }: { people: readonly (Answer<"/api/v1/profiles">["profiles"][number] & { traits?: unknown })[] }) {
  const say = useWords(words);
  return (
    <>
      <p className="soft">{say("listMore")}</p>
      <ul className="people people-wide">
        {people.map((one) => (
          <li key={one.id}>
            <PersonLink person={{ ...one, name: toldName(one), person: one.id }} />
          </li>
        ))}
      </ul>
    </>
  );
}
