/** Events as they arrive, with what cleaning, consent and identity did to each. */

import { PauseOutlined, PlayCircleOutlined } from "@ant-design/icons";
import { Button, Input, Segmented } from "antd";
import { useState } from "react";
import { useSourceNames } from "@/api/sources";
import { useFormat } from "@/app/format";
import { Card } from "@/parts/Card";
import { ErrorState } from "@/parts/ErrorState";
import { PageHead } from "@/parts/PageHead";
import { Waiting } from "@/parts/Waiting";
import { useWords } from "@/words/words";
import { FirstEvent } from "./FirstEvent";
import "./live.css";
import { TraceRow } from "./TraceRow";
import { type Trace, useTail } from "./tail";
import { words } from "./words";

type Wanted = "everything" | "stored" | "quarantined" | "duplicate" | "refused";
const WANTED: readonly Wanted[] = ["everything", "stored", "quarantined", "duplicate", "refused"];

export default function Live() {
  const say = useWords(words);
  const format = useFormat();
  const [isPaused, setPaused] = useState(false);
  const [isSending, setSending] = useState(false);
  const [wanted, setWanted] = useState<Wanted>("everything");
  const [sought, setSought] = useState("");
  const { traces, isKnown, failure } = useTail(isPaused);
  const nameOf = useSourceNames();
  const shown = traces.filter((one) => matches(one, wanted, sought.trim().toLowerCase(), nameOf(one.source)));
  const isWaiting = isKnown && traces.length === 0;
  return (
    <>
      <PageHead title={say("title")} lead={say("lead")}>
        {!isWaiting && <Button onClick={() => setSending(!isSending)}>{say("send")}</Button>}
        <Button
          icon={isPaused ? <PlayCircleOutlined /> : <PauseOutlined />}
          onClick={() => setPaused(!isPaused)}
          aria-pressed={isPaused}
        >
          {say(isPaused ? "go" : "pause")}
        </Button>
      </PageHead>
      {(isWaiting || isSending) && <FirstEvent isWaiting={isWaiting} />}
      {!isKnown && !failure && <Waiting />}
      {failure && !traces.length && <ErrorState failure={failure} />}
      {traces.length > 0 && (
        <Card>
          <div className="row live-filters">
            <Input.Search
              allowClear
              className="live-search"
              aria-label={say("filter")}
              placeholder={say("filter")}
              onChange={(event) => setSought(event.target.value)}
            />
            <Segmented<Wanted>
              value={wanted}
              onChange={setWanted}
              options={WANTED.map((one) => ({ value: one, label: say(one) }))}
            />
            <span className={isPaused ? "badge" : "badge good"} role="status">
              <i aria-hidden />
              {say(isPaused ? "paused" : "listening")} · {format.number(shown.length)}
            </span>
          </div>
          <ol className="traces" aria-label={say("title")}>
            {shown.map((one) => (
              <TraceRow key={one.number} trace={one} source={nameOf(one.source)} />
            ))}
          </ol>
          {shown.length === 0 && <p className="soft">{say("nothing")}</p>}
        </Card>
      )}
    </>
  );
}

function matches(one: Trace, wanted: Wanted, sought: string, source: string): boolean {
  if (wanted !== "everything" && one.outcome !== wanted) return false;
  return !sought || [one.event, one.type, source, one.message_id].some((text) => text.toLowerCase().includes(sought));
}
