/** Rows for people to judge, one card after another, by hand or by key. */

import { CheckOutlined, CloseOutlined, LeftOutlined, QuestionOutlined, RightOutlined, UndoOutlined } from "@ant-design/icons";
import { Button, Input, Progress } from "antd";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { EmptyState } from "@/parts/EmptyState";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import "./judge.css";
import { judgeWords } from "./judge_words";
import { KEYS, SIZE, useJudging } from "./judging";
import type { Judgement, Sampled, Stands } from "./report";
import { SampledRow } from "./SampledRow";

const VERDICTS: readonly { verdict: Judgement; icon: ReactNode }[] = [
  { verdict: "right", icon: <CheckOutlined /> },
  { verdict: "wrong", icon: <CloseOutlined /> },
  { verdict: "unsure", icon: <QuestionOutlined /> },
];

export function Judge() {
  const say = useWords(judgeWords);
  const { may } = useSession();
  if (!may("quality.judge")) {
    return (
      <EmptyState title={say("noPermission")}>
        <p>{say("noPermissionMore")}</p>
      </EmptyState>
    );
  }
  return <Judging />;
}

function Judging() {
  const say = useWords(judgeWords);
  const judging = useJudging();
  return (
    <Loaded
      query={judging.sample}
      rows={8}
      empty={({ events }) =>
        events.length === 0 && (
          <EmptyState title={say("nothing")}>
            <p>{say("nothingMore")}</p>
          </EmptyState>
        )
      }
    >
      {() => <Sample judging={judging} />}
    </Loaded>
  );
}

function Sample({ judging }: { judging: ReturnType<typeof useJudging> }) {
  const say = useWords(judgeWords);
  const [note, setNote] = useState("");
  const card = useRef<HTMLDivElement>(null);
  const row = judging.rows[judging.at];
  const place = judging.isDone || !row ? "" : `${row.source} ${row.event_id}`;
  // The keys work while something in the card has the focus, so it has it from the start and keeps it from row to row.
  useEffect(() => {
    setNote("");
    card.current?.focus({ preventScroll: true });
  }, [place]);
  const judge = (verdict: Judgement) => judging.judge(verdict, note.trim());

  const onKeyDown = (event: KeyboardEvent) => {
    const isTyped = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    if (isTyped || event.ctrlKey || event.metaKey || event.altKey) return;
    const verdict = KEYS[event.key.toLowerCase()];
    if (verdict && !judging.isDone) judge(verdict);
    else if (event.key === "ArrowLeft") judging.move(-1);
    else if (event.key === "ArrowRight") judging.move(1);
    else if (event.key.toLowerCase() === "z") judging.undo();
    else return;
    event.preventDefault();
  };
  return (
    <div ref={card} className="judge" tabIndex={-1} onKeyDown={onKeyDown}>
      <Card title={say("ask")} aside={<span role="status">{say("judged", { n: judging.judged, all: judging.rows.length })}</span>}>
        <p className="soft">{say("lead")}</p>
        <Progress
          percent={(100 * judging.judged) / judging.rows.length}
          showInfo={false}
          size="small"
          aria-label={say("judged", { n: judging.judged, all: judging.rows.length })}
        />
        {judging.isDone || !row ? <Done judging={judging} /> : <SampledRow row={row} />}
        {!judging.isDone && row && <Buttons judging={judging} row={row} note={note} onNote={setNote} onJudge={judge} />}
        <Foot stands={judging.stands.data} />
      </Card>
    </div>
  );
}

function Buttons({
  judging,
  row,
  note,
  onNote,
  onJudge,
}: {
  judging: ReturnType<typeof useJudging>;
  row: Sampled;
  note: string;
  onNote: (note: string) => void;
  onJudge: (verdict: Judgement) => void;
}) {
  const say = useWords(judgeWords);
  const said = judging.verdictOf(row);
  return (
    <>
      <Input
        className="judge-note"
        aria-label={say("note")}
        placeholder={say("noteHint")}
        maxLength={2000}
        value={note}
        onChange={(event) => onNote(event.target.value)}
      />
      <div className="judge-verdicts">
        {VERDICTS.map(({ verdict, icon }, number) => (
          <Button
            key={verdict}
            size="large"
            className={`judge-${verdict}`}
            aria-pressed={said === verdict}
            aria-keyshortcuts={String(number + 1)}
            icon={icon}
            onClick={() => onJudge(verdict)}
          >
            {say(verdict)}
            <kbd aria-hidden="true">{number + 1}</kbd>
          </Button>
        ))}
      </div>
      <div className="judge-moves">
        <Button icon={<LeftOutlined />} aria-label={say("previous")} disabled={judging.at === 0} onClick={() => judging.move(-1)} />
        <Button
          icon={<RightOutlined />}
          aria-label={say("next")}
          disabled={judging.at >= judging.rows.length - 1}
          onClick={() => judging.move(1)}
        />
        <Undo judging={judging} />
        {said && <small className="judge-said">{say("saidBefore", { verdict: say(said) })}</small>}
      </div>
      <small className="judge-keys only-wide">{say("keys")}</small>
    </>
  );
}

function Undo({ judging }: { judging: ReturnType<typeof useJudging> }) {
  const say = useWords(judgeWords);
  return (
    <Button icon={<UndoOutlined />} disabled={!judging.canUndo} onClick={judging.undo}>
      {say("undo")}
    </Button>
  );
}

function Done({ judging }: { judging: ReturnType<typeof useJudging> }) {
  const say = useWords(judgeWords);
  return (
    <EmptyState title={say("done", { n: judging.rows.length })}>
      <p>{say("doneMore")}</p>
      <div className="row">
        <Button type="primary" onClick={judging.another}>
          {say("another", { n: SIZE })}
        </Button>
        <Undo judging={judging} />
      </div>
    </EmptyState>
  );
}

/** How far the verdicts carry: how many are still needed, or what they made of accuracy. */
function Foot({ stands }: { stands: Stands | undefined }) {
  const say = useWords(judgeWords);
  const format = useFormat();
  if (!stands) return null;
  const [after, before, low, high] = [stands.corrected, stands.automatic, stands.low, stands.high].map(format.number);
  return (
    <p className="judge-foot" role="status">
      {stands.needed > 0
        ? say("needed", { n: format.number(stands.needed) })
        : say("enough", { after: after ?? "", before: before ?? "", low: low ?? "", high: high ?? "" })}
    </p>
  );
}
