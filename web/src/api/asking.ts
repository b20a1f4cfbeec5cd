/** Asking the API from components: answers are kept by what was asked, per workspace. */

import { type QueryKey, useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { App } from "antd";
import { useSession } from "@/app/session";
import { useToldText } from "@/parts/Said";
import { shell } from "@/words/shell";
import { useWords } from "@/words/words";
import { type Answer, ApiError, call, type PathOf, type Said } from "./client";

interface How {
  enabled?: boolean;
  /** Ask again every so many milliseconds. */
  every?: number;
}

/** The answer of a GET route, with its states. */
export function useAnswer<P extends PathOf<"get">>(
  path: P,
  said: Omit<Said<P, "get">, "signal"> = {},
  how: How = {},
): UseQueryResult<Answer<P>, ApiError> {
  const { workspace } = useSession();
  return useQuery<Answer<P>, ApiError>({
    queryKey: [workspace, path, said.at ?? null, said.query ?? null],
    queryFn: ({ signal }) => call<"get", P>("get", path, { ...said, signal } as Said<P, "get">),
    enabled: how.enabled ?? true,
    ...(how.every ? { refetchInterval: how.every } : {}),
  });
}

interface Question {
  kind: string;
  question: Record<string, unknown>;
}

/** The envelope of the answer to a question. */
export function useQuestion(asked: Question | null): UseQueryResult<Answer<"/api/v1/questions/run", "post">, ApiError> {
  const { workspace } = useSession();
  return useQuery<Answer<"/api/v1/questions/run", "post">, ApiError>({
    queryKey: [workspace, "question", asked],
    queryFn: ({ signal }) =>
      call("post", "/api/v1/questions/run", { body: { kind: "", question: {}, ticket: "", ...asked }, signal }),
    enabled: asked !== null,
  });
}

/** Something that changes the world: afterwards everything shown is asked anew, and a failure is told. */
export function useChange<T, R>(change: (told: T) => Promise<R>, after?: (result: R, told: T) => void) {
  const queries = useQueryClient();
  const { message } = App.useApp();
  const say = useWords(shell);
  const told = useToldText();
  return useMutation<R, ApiError, T>({
    mutationFn: change,
    onSuccess: async (result, asked) => {
      after?.(result, asked);
      await queries.invalidateQueries();
    },
    onError: (failure) => {
      void message.error(failure.status === 403 ? say("noPermission") : told(failure), 6);
    },
  });
}

export type { QueryKey };
