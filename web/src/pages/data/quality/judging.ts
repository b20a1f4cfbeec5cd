/** Judging one drawn row after another: what was said, which row is next, and taking the last word back. */

import { useMemo, useRef, useState } from "react";
import { useAnswer, useChange } from "@/api/asking";
import { call } from "@/api/client";
import type { Judgement, Sampled } from "./report";

export const SIZE = 30;
const DAY_MS = 86_400_000;

/** The keys of each verdict; letters lie under the right hand, digits are told. */
export const KEYS: Readonly<Record<string, Judgement>> = {
  "1": "right",
  "2": "wrong",
  "3": "unsure",
  j: "right",
  k: "wrong",
  l: "unsure",
};

/** What is said of a row. */
interface Said {
  verdict: Judgement;
  note: string;
  fields: readonly string[];
}

/** A row that was judged here, and what was said of it before, by whomever. */
interface Step {
  row: Sampled;
  before: Said | null;
}

const keyOf = (row: Sampled) => `${row.source} ${row.event_id}`;

/** The row after this one that nobody has judged, round to the first; -1 when there is none. */
export function nextOpen(open: readonly boolean[], at: number): number {
  const after = open.indexOf(true, at + 1);
  return after >= 0 ? after : open.indexOf(true);
}

export function useJudging() {
  // A day has its own sample, so that who comes back tomorrow finds other rows.
  const [seed, setSeed] = useState(() => Math.floor(Date.now() / DAY_MS));
  const [chosen, setChosen] = useState<number | null>(null);
  /** What was said here and may not have arrived yet; null: it was taken back. */
  const [said, setSaid] = useState<Readonly<Record<string, Said | null>>>({});
  const [history, setHistory] = useState<readonly Step[]>([]);
  const sample = useAnswer("/api/v1/quality/sample", { query: { size: SIZE, seed } });
  const stands = useAnswer("/api/v1/quality/verdicts");
  const rows = useMemo(() => sample.data?.events ?? [], [sample.data]);
  const saidOf = (row: Sampled): Said | null => {
    const own = said[keyOf(row)];
    return own === undefined ? row.verdict : own;
  };
  const verdictOf = (row: Sampled) => saidOf(row)?.verdict ?? null;
  const open = rows.map((row) => verdictOf(row) === null);
  const at = chosen ?? Math.max(0, open.indexOf(true));

  /** One after the other: a word that is taken back at once must not arrive before it was given. */
  const last = useRef<Promise<unknown>>(Promise.resolve());
  const inTurn = <T>(send: () => Promise<T>): Promise<T> => {
    const sent = last.current.then(send);
    last.current = sent.catch(() => undefined);
    return sent;
  };
  const tell = useChange(({ row, what }: { row: Sampled; what: Said | null }) =>
    inTurn<unknown>(() => {
      const { source, event_id, stratum } = row;
      if (!what) return call("delete", "/api/v1/quality/verdicts", { query: { source, event_id } });
      const { verdict, note: words, fields } = what;
      return call("post", "/api/v1/quality/verdicts", {
        body: { source, event_id, stratum, verdict, note: words, fields: [...fields] },
      });
    }),
  );
  const note = (row: Sampled, what: Said | null | undefined) =>
    setSaid(({ [keyOf(row)]: _, ...others }) => (what === undefined ? others : { ...others, [keyOf(row)]: what }));
  const say = (row: Sampled, what: Said | null) => {
    note(row, what);
    return tell.mutateAsync({ row, what }).catch((failure: unknown) => {
      note(row, undefined); // the failure was told already; what the sample told of the row stands again
      throw failure;
    });
  };

  return {
    sample,
    stands,
    rows,
    at,
    judged: open.filter((one) => !one).length,
    isDone: rows.length > 0 && !open.includes(true) && chosen === null,
    canUndo: history.length > 0,
    verdictOf,
    move: (by: number) => setChosen(Math.min(Math.max(at + by, 0), rows.length - 1)),
    judge: (verdict: Judgement, words: string) => {
      const row = rows[at];
      if (!row) return;
      const step = { row, before: saidOf(row) };
      setHistory((before) => [...before, step]);
      const next = nextOpen(open.map((one, number) => one && number !== at), at);
      setChosen(next < 0 ? null : next);
      say(row, { verdict, note: words, fields: [] }).catch(() =>
        setHistory((before) => before.filter((one) => one !== step)),
      );
    },
    undo: () => {
      const step = history.at(-1);
      if (!step) return;
      setHistory((before) => before.slice(0, -1));
      setChosen(Math.max(0, rows.findIndex((one) => keyOf(one) === keyOf(step.row))));
      say(step.row, step.before).catch(() => undefined);
    },
    another: () => {
      setSeed((before) => before + 1);
      setChosen(null);
      setHistory([]);
    },
  };
}
