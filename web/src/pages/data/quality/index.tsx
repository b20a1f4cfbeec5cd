/** How good what arrived is: the index over time, by dimension and source, why it is no better, and rows to judge. */

import { Progress, Segmented } from "antd";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { useAnswer } from "@/api/asking";
import { useFormat } from "@/app/format";
import { useSession } from "@/app/session";
import { Card } from "@/parts/Card";
import { Chart } from "@/parts/Chart";
import { EmptyState } from "@/parts/EmptyState";
import { Figure } from "@/parts/Figure";
import { Loaded } from "@/parts/Loaded";
import { useWords } from "@/words/words";
import { Causes } from "./Causes";
import { Changes } from "./Changes";
import { Judge } from "./Judge";
import "./quality.css";
import type { Report } from "./report";
import { words } from "./words";

const JUDGE = "judge";

/** The figures, or rows to judge; the address says which. */
export function Quality() {
  const say = useWords(words);
  const { may } = useSession();
  const [asked, setAsked] = useSearchParams();
  const view = asked.get("view") === JUDGE ? JUDGE : "figures";
  const views = may("quality.judge") || view === JUDGE ? (["figures", JUDGE] as const) : [];
  return (
    <>
      {views.length > 0 && (
        <Segmented
          className="quality-view"
          aria-label={say("view")}
          value={view}
          options={views.map((one) => ({ value: one, label: say(one) }))}
          onChange={(chosen) => setAsked(chosen === JUDGE ? { view: JUDGE } : {})}
        />
      )}
      {view === JUDGE ? <Judge /> : <Figures />}
    </>
  );
}

function Figures() {
  const say = useWords(words);
  const report = useAnswer("/api/v1/quality", {}, { every: 30_000 });
  return (
    <Loaded query={report} rows={8} empty={({ index }) => index === null && <EmptyState title={say("nothing")} />}>
      {(told) => (
        <>
          <Overall report={told} />
          {new Set(told.days.map((one) => one.day)).size > 1 && <Days report={told} />}
          {told.changes.length > 0 && <Changes report={told} />}
          <Causes report={told} />
        </>
      )}
    </Loaded>
  );
}

/** The one number, and the dimensions that it is made of. */
function Overall({ report }: { report: Report }) {
  const say = useWords(words);
  const format = useFormat();
  return (
    <Card title={say("title")}>
      <p className="soft">{say("lead")}</p>
      <div className="quality-overall">
        <div>
          <Figure label={say("index")} value={report.index} />
          {report.corrected && (
            <CorrectedBy
              verdicts={report.corrected.verdicts}
              before={report.corrected.index_automatic}
              low={report.corrected.index_low}
              high={report.corrected.index_high}
            />
          )}
        </div>
        <dl className="quality-dimensions">
          {Object.entries(report.dimensions).map(([name, one]) => (
            <div key={name}>
              <dt>{say(name as keyof typeof words)}</dt>
              <dd>
                <Progress
                  percent={one.score ?? 0}
                  size="small"
                  aria-label={say(name as keyof typeof words)}
                  format={() => format.number(one.score)}
                />
                <small className="soft">{say("wrongOf", { wrong: format.number(one.wrong), checked: format.number(one.checked) })}</small>
                {name === "accuracy" && report.corrected && (
                  <CorrectedBy
                    verdicts={report.corrected.verdicts}
                    before={report.corrected.automatic}
                    low={report.corrected.low}
                    high={report.corrected.high}
                  />
                )}
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </Card>
  );
}

/** That verdicts corrected a figure, from what, and between what it lies. */
function CorrectedBy({ verdicts, before, low, high }: Record<"verdicts" | "before" | "low" | "high", number | null>) {
  const say = useWords(words);
  const format = useFormat();
  return (
    <small className="quality-corrected">
      {say("corrected", {
        n: format.number(verdicts),
        before: format.number(before),
        low: format.number(low),
        high: format.number(high),
      })}
    </small>
  );
}

/** A line for each source; one day alone makes none. */
function Days({ report }: { report: Report }) {
  const say = useWords(words);
  const format = useFormat();
  const { may } = useSession();
  const sources = useAnswer("/api/v1/sources", {}, { enabled: may("sources.read") });
  const named = sources.data?.sources;
  const option = useMemo(() => {
    const days = [...new Set(report.days.map((one) => one.day))].sort();
    const series = report.sources.map(({ source }) => {
      const index = new Map(report.days.filter((one) => one.source === source).map((one) => [one.day, one.index]));
      const name = named?.find((one) => one.id === source)?.name ?? source;
      return { name, type: "line", symbolSize: 6, connectNulls: true, data: days.map((day) => index.get(day) ?? null) };
    });
    return {
      tooltip: { trigger: "axis" },
      legend: { type: "scroll", top: 0 },
      xAxis: { type: "category", data: days.map((day) => format.shortDay(`${day}T12:00:00Z`)) },
      yAxis: { type: "value", max: 100, scale: true },
      series,
    };
  }, [report, named, format]);
  return (
    <Card title={say("perDay")}>
      <Chart option={option} label={say("perDay")} height={260} />
    </Card>
  );
}
