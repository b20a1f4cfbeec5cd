/** Asking, with its states: the answer, how long it takes, a stop, and the way to the background. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { type Answer, type ApiError, call } from "@/api/client";
import { useSession } from "@/app/session";
import type { Document } from "./json";

export type Envelope = Answer<"/api/v1/questions/run", "post">;
type Job = Answer<"/api/v1/questions/jobs/{job_id}">;

export interface Question {
  readonly kind: string;
  readonly question: Document;
}

const AFRESH_MS = 30_000;
const BUSY = 503;
const TRIES = 3;

/** A question is asked again only where the engine had no place for it: what it refuses once it refuses always. */
export function isWorthAnotherTry(tried: number, failure: ApiError): boolean {
  return failure.status === BUSY && tried < TRIES;
}

/**
 * The answer to a question; null asks nothing. While another one is answered the one before stays. Who asks something
 * else, or stops, hangs up, and the engine ends the question.
 */
export function useEnvelope(asked: Question | null) {
  const { workspace } = useSession();
  const queries = useQueryClient();
  const key = [workspace, "ask", asked?.kind, JSON.stringify(asked?.question ?? null)];
  const query = useQuery<Envelope, ApiError>({
    queryKey: key,
    queryFn: ({ signal }) => call("post", "/api/v1/questions/run", { body: sent(asked), signal }),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    staleTime: AFRESH_MS,
    retry: isWorthAnotherTry,
    refetchOnWindowFocus: false,
  });
  return { query, stop: () => void queries.cancelQueries({ queryKey: key }) };
}

function sent(asked: Question | null) {
  return { kind: asked?.kind ?? "", question: { ...asked?.question }, ticket: "" };
}

/** Start a question in the background; the id of its job. */
export async function startJob(asked: Question): Promise<string> {
  const job = await call("post", "/api/v1/questions/jobs", { body: sent(asked) });
  return job.id;
}

export async function cancelJob(id: string): Promise<void> {
  await call("delete", "/api/v1/questions/jobs/{job_id}", { at: { job_id: id } });
}

const LOOK_EVERY_MS = 1_000;

/** How far a job is, until it is over. */
export function useJob(id: string | null) {
  const { workspace } = useSession();
  return useQuery<Job, ApiError>({
    queryKey: [workspace, "job", id],
    queryFn: () => call("get", "/api/v1/questions/jobs/{job_id}", { at: { job_id: id ?? "" } }),
    enabled: id !== null,
    refetchInterval: ({ state }) => (isOver(state.data) || state.error ? false : LOOK_EVERY_MS),
  });
}

export function isOver(job: Job | undefined): boolean {
  return job !== undefined && job.state !== "waiting" && job.state !== "running";
}

const TICK_MS = 500;

/** How many seconds something has been running; 0 while it is not. */
export function useSeconds(isRunning: boolean): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    setSeconds(0);
    if (!isRunning) return;
    const began = performance.now();
    const clock = setInterval(() => setSeconds((performance.now() - began) / 1000), TICK_MS);
    return () => clearInterval(clock);
  }, [isRunning]);
  return seconds;
}

/** Long enough that a word is typed to its end, short enough to feel immediate. */
const TYPING_MS = 350;

/** A value as soon as it was chosen, or a moment after it was last typed. */
export function useSettled<T>(value: T, isTyping: RefObject<boolean>): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const wait = isTyping.current ? TYPING_MS : 0;
    isTyping.current = false;
    if (!wait) return setSettled(value);
    const later = setTimeout(() => setSettled(value), wait);
    return () => clearTimeout(later);
  }, [value, isTyping]);
  return settled;
}

/** Whether the change to come is of a key in a text: for the element around the fields, portals included. */
export function useTyping() {
  const isTyping = useRef(false);
  const watching = useMemo(
    () => ({
      onInputCapture: (event: React.InputEvent) => (isTyping.current = event.nativeEvent instanceof InputEvent),
      onPointerDownCapture: () => (isTyping.current = false),
      onKeyDownCapture: (event: React.KeyboardEvent) => event.key === "Enter" && (isTyping.current = false),
    }),
    [],
  );
  return { isTyping, watching };
}
