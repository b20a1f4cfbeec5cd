/** The newest events, kept up with by asking again and again: each call waits at the server for the next one. */

import { useEffect, useRef, useState } from "react";
import { type Answer, ApiError, call } from "@/api/client";
import { useSession } from "@/app/session";

export type Trace = Answer<"/api/v1/tail">["events"][number];

const KEPT = 300;
const WAIT_S = 20;
const AGAIN_MS = 2_000;

interface Tail {
  traces: readonly Trace[];
  /** Whether the server was asked at least once: before that nobody knows whether there is nothing. */
  isKnown: boolean;
  failure: ApiError | null;
}

const NOTHING: Tail = { traces: [], isKnown: false, failure: null };

/** Newest first. While it is paused nothing is asked; what came meanwhile comes with the next answer. */
export function useTail(isPaused: boolean): Tail {
  const { workspace } = useSession();
  const [tail, setTail] = useState(NOTHING);
  const after = useRef(0);
  useEffect(() => {
    after.current = 0;
    setTail(NOTHING);
  }, [workspace]);
  useEffect(() => {
    if (isPaused) return;
    const stopping = new AbortController();
    void follow(after, setTail, stopping.signal);
    return () => stopping.abort();
  }, [isPaused, workspace]);
  return tail;
}

async function follow(
  after: { current: number },
  setTail: (change: (tail: Tail) => Tail) => void,
  signal: AbortSignal,
): Promise<void> {
  let wait = 0; // the first answer comes at once, with what is there
  while (!signal.aborted) {
    try {
      const page = await call("get", "/api/v1/tail", { query: { after: after.current, wait_s: wait }, signal });
      after.current = page.next;
      wait = WAIT_S;
      setTail(({ traces }) => ({
        traces: [...page.events.toReversed(), ...traces].slice(0, KEPT),
        isKnown: true,
        failure: null,
      }));
    } catch (failure) {
      if (signal.aborted) return;
      if (failure instanceof ApiError) setTail((tail) => ({ ...tail, failure }));
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
