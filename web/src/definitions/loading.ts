/** Tags and segments through the API: the same calls under two names. */

import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { type Answer, type ApiError, call } from "@/api/client";
import { useSession } from "@/app/session";
import type { Definition, Kind } from "./document";

export type Shown = Answer<"/api/v1/tags/{key}">;
export type Preview = Answer<"/api/v1/tags/preview", "post">;
export type Versions = Answer<"/api/v1/tags/{key}/versions">;

/** The paths of segments have the shapes of those of tags, so both are called through the names of tags. */
const PATHS = {
  tag: { all: "/api/v1/tags", one: "/api/v1/tags/{key}" },
  segment: { all: "/api/v1/segments", one: "/api/v1/segments/{key}" },
} as const;

/** How many people have it follows what they do, and a publishing, which is worked out person by person. */
const LIVE_MS = 3_000;

function use<T>(
  key: readonly unknown[],
  ask: (signal: AbortSignal) => Promise<T>,
  every: number | false = false,
): UseQueryResult<T, ApiError> {
  const { workspace } = useSession();
  return useQuery<T, ApiError>({
    queryKey: [workspace, ...key],
    queryFn: ({ signal }) => ask(signal),
    refetchInterval: every,
  });
}

export function useDefinitions(kind: Kind): UseQueryResult<Shown[], ApiError> {
  return use([PATHS[kind].all, "list"], async (signal) =>
    kind === "tag"
      ? (await call("get", "/api/v1/tags", { signal })).tags
      : (await call("get", "/api/v1/segments", { signal })).segments,
  );
}

export function useDefinition(kind: Kind, key: string, isLive = false): UseQueryResult<Shown, ApiError> {
  const every = isLive && LIVE_MS;
  return use([PATHS[kind].one, key], (signal) => call("get", PATHS[kind].one, { at: { key }, signal }), every);
}

export function useVersions(kind: Kind, key: string): UseQueryResult<Versions, ApiError> {
  return use([PATHS[kind].one, key, "versions"], (signal) =>
    call("get", `${PATHS[kind].one}/versions`, { at: { key }, signal }),
  );
}

export function preview(kind: Kind, definition: Definition, signal: AbortSignal): Promise<Preview> {
  return call("post", `${PATHS[kind].all}/preview`, { body: { definition, ticket: "" }, signal });
}

/** Write it down: a new one, or another document in the place of one. */
export function write(kind: Kind, definition: Definition, isNew: boolean): Promise<Shown> {
  if (isNew) return call("post", PATHS[kind].all, { body: definition });
  return call("put", PATHS[kind].one, { at: { key: definition.key }, body: definition });
}

export function publish(kind: Kind, key: string) {
  return call("post", `${PATHS[kind].one}/publish`, { at: { key }, body: { announce: false } });
}

export function end(kind: Kind, key: string) {
  return call("delete", PATHS[kind].one, { at: { key } });
}
