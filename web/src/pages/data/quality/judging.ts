/** Judging one drawn row after another: what was said, which row is next, and taking the last word back. */

import { useMemo, useState } from "react";
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
  const [said, setSaid] = useState<Readonly<Record<string, Judgement | null>>>({});
  const [history, setHistory] = useState<readonly Sampled[]>([]);
  const sample = useAnswer("/api/v1/quality/sample", { query: { size: SIZE, seed } });
  const stands = useAnswer("/api/v1/quality/verdicts");
  const rows = useMemo(() => sample.data?.events ?? [], [sample.data]);
  const verdictOf = (row: Sampled) => {
    const own = said[keyOf(row)];
    return own === undefined ? (row.verdict?.verdict ?? null) : own;
  };
  const open = rows.map((row) => verdictOf(row) === null);
  const at = chosen ?? Math.max(0, open.indexOf(true));

  const give = useChange(({ row, verdict, note }: { row: Sampled; verdict: Judgement; note: string }) => {
    const { source, event_id, stratum, held_wrong, received_at } = row;
    const body = { source, event_id, stratum, held_wrong, received_at, verdict, note, fields: [] };
    return call("post", "/api/v1/quality/verdicts", { body });
  });
  const takeBack = useChange(({ source, event_id }: Sampled) =>
    call("delete", "/api/v1/quality/verdicts", { query: { source, event_id } }),
  );
  const note = (row: Sampled, verdict: Judgement | null | undefined) =>
    setSaid(({ [keyOf(row)]: _, ...others }) => (verdict === undefined ? others : { ...others, [keyOf(row)]: verdict }));

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
      note(row, verdict);
      setHistory((before) => [...before, row]);
      const next = nextOpen(open.map((one, number) => one && number !== at), at);
      setChosen(next < 0 ? null : next);
      give.mutateAsync({ row, verdict, note: words }).catch(() => {
        note(row, undefined); // it was told already; the row is open again
        setHistory((before) => before.filter((one) => one !== row));
      });
    },
    undo: () => {
      const row = history.at(-1);
      if (!row) return;
      note(row, null);
      setHistory((before) => before.slice(0, -1));
      setChosen(Math.max(0, rows.findIndex((one) => keyOf(one) === keyOf(row))));
      takeBack.mutateAsync(row).catch(() => note(row, undefined));
    },
    another: () => {
      setSeed((before) => before + 1);
      setChosen(null);
      setHistory([]);
    },
  };
}
