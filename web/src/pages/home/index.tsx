/** In plain words: what changed in the last week, whether it matters, and whether the numbers can be trusted. */

import { Button } from "antd";
import { useMemo } from "react";
import { Link, useNavigate } from "react-router";
import { useQuestion } from "@/api/asking";
import { useSession } from "@/app/session";
import { periods } from "@/charts/figures";
import { useTalk } from "@/charts/talk";
import { Card } from "@/parts/Card";
import { Chart } from "@/parts/Chart";
import { EmptyState } from "@/parts/EmptyState";
import { Figure } from "@/parts/Figure";
import { Loaded } from "@/parts/Loaded";
import { PageHead } from "@/parts/PageHead";
import { useWords } from "@/words/words";
import { Changes } from "./Changes";
import "./home.css";
import { Trust } from "./Trust";
import { ARRIVALS, TOTALS, type Trend } from "./week";
import { words } from "./words";

export default function Home() {
  const say = useWords(words);
  const { may } = useSession();
  const navigate = useNavigate();
  const totals = useQuestion(may("questions.ask") ? TOTALS : null);
  return (
    <>
      <PageHead title={say("title")} lead={say("lead")} />
      {may("questions.ask") && (
        <Loaded
          query={totals}
          empty={({ freshness }) =>
            freshness === null && (
              <EmptyState title={say("empty")}>
                <p>{say("emptyMore")}</p>
                <Button type="primary" onClick={() => void navigate("/live")}>
                  {say("send")}
                </Button>
              </EmptyState>
            )
          }
        >
          {({ answer, freshness }) => <Week trend={answer as unknown as Trend} freshness={freshness} />}
        </Loaded>
      )}
    </>
  );
}

function Week({ trend, freshness }: { trend: Trend; freshness: string | null }) {
  const say = useWords(words);
  const [people, events] = [trend.series[0]?.total ?? 0, trend.series[1]?.total ?? 0];
  const [peopleBefore, eventsBefore] = [trend.previous?.series[0]?.total ?? 0, trend.previous?.series[1]?.total ?? 0];
  return (
    <>
      <div className="tiles">
        <Tile label={say("people")} value={people} before={peopleBefore} />
        <NewPeople />
        <Tile label={say("events")} value={events} before={eventsBefore} />
        <Tile
          label={say("each")}
          value={people ? events / people : null}
          before={peopleBefore ? eventsBefore / peopleBefore : null}
        />
      </div>
      <div className="columns">
        <div>
          <PerDay trend={trend} />
          <Changes />
        </div>
        <Trust freshness={freshness} />
      </div>
    </>
  );
}

function Tile(shown: { label: string; value: number | null; before: number | null }) {
  return (
    <div className="card">
      <Figure {...shown} />
    </div>
  );
}

/** Fourteen days of people seen for the first time ever: seven and seven. */
function NewPeople() {
  const say = useWords(words);
  const found = useQuestion(ARRIVALS);
  const perDay = (found.data?.answer as { new?: number[] } | undefined)?.new ?? [];
  const sum = (days: number[]) => days.reduce((all, one) => all + one, 0);
  const value = found.data ? sum(perDay.slice(-7)) : null;
  return <Tile label={say("arrived")} value={value} before={found.data ? sum(perDay.slice(-14, -7)) : null} />;
}

function PerDay({ trend }: { trend: Trend }) {
  const say = useWords(words);
  const talk = useTalk();
  const option = useMemo(
    () => ({
      tooltip: { trigger: "axis" },
      legend: { top: 0, right: 0 },
      xAxis: { type: "category", data: periods(trend.periods.map((one) => one.start), talk) },
      yAxis: { type: "value", minInterval: 1, splitNumber: 4 },
      series: [
        { name: say("now"), type: "line", smooth: 0.25, symbolSize: 7, lineStyle: { width: 2.5 }, areaStyle: { opacity: 0.1 }, data: trend.series[0]?.values },
        { name: say("before"), type: "line", smooth: 0.25, symbol: "none", color: "#8ea2a5", lineStyle: { width: 1.5, type: "dashed" }, data: trend.previous?.series[0]?.values },
      ],
    }),
    [trend, talk, say],
  );
  return (
    <Card title={say("perDay")} aside={<Link to={`/ask?${new URLSearchParams({ kind: "trend", q: JSON.stringify(TOTALS.question) })}`}>{say("proof")}</Link>}>
      <Chart option={option} label={say("perDay")} height={250} />
    </Card>
  );
}
