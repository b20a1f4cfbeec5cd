/** A click map over the page: a frame of it, drawn from what its clicks told. The page itself is not loaded. */

import { Segmented, Select } from "antd";
import { useMemo, useState } from "react";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import type { HeatMapAnswer, TrendAnswer } from "@/charts/answers";
import { askablePages, clicksAt, framed, type HeatMapAsked, pageQuestion, pagesOf, placesQuestion, type Width, WIDTHS } from "@/charts/page_frame";
import { Card } from "@/parts/Card";
import { ErrorState } from "@/parts/ErrorState";
import { Waiting } from "@/parts/Waiting";
import { useWords } from "@/words/words";
import { type Envelope, type Question, useEnvelope } from "../asking";
import { PeopleBehind, type Pointed } from "../PeopleBehind";
import { DrawnPage } from "./DrawnPage";
import "./frame.css";
import { words } from "./words";

/** Nothing where no click has a page: apps have screens, and those are no pages. */
export function PageFrame({ envelope }: { envelope: Envelope }) {
  const say = useWords(words);
  const { may } = useSession();
  const seesPersonal = may("personal.read");
  const { askable, masked } = useMemo(
    () => askablePages(pagesOf(envelope.answer as unknown as HeatMapAnswer), seesPersonal),
    [envelope, seesPersonal],
  );
  if (!askable.length && !masked) return null;
  return (
    <Card title={say("title")} className="page-card">
      {masked > 0 && <p className="soft page-masked">{say("masked", { n: masked })}</p>}
      {askable.length > 0 && <Framed asked={envelope.question as unknown as HeatMapAsked} pages={askable} />}
    </Card>
  );
}

function Framed({ asked, pages }: { asked: HeatMapAsked; pages: readonly string[] }) {
  const say = useWords(words);
  const format = useFormat();
  const [chosen, setChosen] = useState<string | null>(null);
  const [picked, setPicked] = useState<Width | null>(null);
  const page = chosen !== null && pages.includes(chosen) ? chosen : (pages[0] ?? "");
  const { query } = useEnvelope(useMemo(() => about("trend", placesQuestion(asked, page)), [asked, page]));
  const places = query.data?.answer as unknown as TrendAnswer | undefined;
  const width = picked ?? (places && clicksAt(places, "narrow") > clicksAt(places, "wide") ? "narrow" : "wide");
  return (
    <>
      <p className="soft">{say("lead")}</p>
      <div className="row page-choices">
        <Select
          aria-label={say("page")}
          className="page-choice"
          value={page}
          onChange={setChosen}
          showSearch
          options={pages.map((one) => ({ value: one, label: one }))}
        />
        {places && (
          <Segmented<Width>
            aria-label={say("width")}
            value={width}
            onChange={setPicked}
            options={WIDTHS.map((one) => ({ value: one, label: say(one, { n: format.number(clicksAt(places, one)) }) }))}
          />
        )}
      </div>
      {query.error && <ErrorState failure={query.error} onRetry={() => void query.refetch()} />}
      {places && !query.isPlaceholderData ? (
        <OfWidth asked={asked} page={page} width={width} places={places} />
      ) : (
        !query.error && <Waiting rows={6} />
      )}
    </>
  );
}

interface Shown {
  readonly asked: HeatMapAsked;
  readonly page: string;
  readonly width: Width;
  readonly places: TrendAnswer;
}

function OfWidth({ asked, page, width, places }: Shown) {
  const say = useWords(words);
  const { may } = useSession();
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const { query } = useEnvelope(useMemo(() => about("heat_map", pageQuestion(asked, page, width)), [asked, page, width]));
  const envelope = query.data;
  const frame = useMemo(
    () => envelope && framed(envelope.answer as unknown as HeatMapAnswer, places, width, asked.grid),
    [envelope, places, width, asked.grid],
  );
  if (query.error) return <ErrorState failure={query.error} onRetry={() => void query.refetch()} />;
  if (!envelope || query.isPlaceholderData) return <Waiting rows={6} />;
  if (!frame) return <p className="soft page-unknown">{say("unknown")}</p>;
  return (
    <>
      <DrawnPage
        frame={frame}
        page={page}
        width={width}
        {...(may("profiles.read") ? { onCell: (cell) => setPointed({ reference: envelope.people, cell }) } : {})}
      />
      <PeopleBehind pointed={pointed} onClose={() => setPointed(null)} />
    </>
  );
}

function about(kind: string, question: Record<string, unknown>): Question {
  return { kind, question: question as Question["question"] };
}
