/** An answer on the page: its figures, its charts, and the tables beneath. Whatever has people behind it opens them. */
import { Button } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { usePreferences } from "@/app/preferences";
import { Chart, dressed } from "@/parts/Chart";
import { AnswerTable } from "./AnswerTable";
import { figure } from "./figures";
import type { Cell, Chart as ChartOf, Headline, Talk, View } from "./model";
import { heightOf, optionOf } from "./options";
import { inkOf } from "./palette";
import { useTalk } from "./talk";
import "./answer.css";

interface Shown {
  readonly view: View;
  readonly onCell: (cell: Cell) => void;
}

export function AnswerView({ view, onCell }: Shown) {
  return (
    <>
      <Headlines headlines={view.headlines} onCell={onCell} />
      {view.charts.map((chart, place) => (
        <ChartCard key={`${chart.title} ${place}`} chart={chart} onCell={onCell} />
      ))}
      {view.tables.map((table, place) => (
        <section className="card" key={`${table.title} ${place}`}>
          <AnswerTable table={table} onCell={onCell} />
        </section>
      ))}
    </>
  );
}

export function Headlines({ headlines, onCell }: { headlines: readonly Headline[]; onCell: (cell: Cell) => void }) {
  const talk = useTalk();
  if (!headlines.length) return null;
  return (
    <dl className="headlines">
      {headlines.map((one) => (
        <div key={one.label}>
          <dt>{one.label}</dt>
          <dd>
            {one.cell ? (
              <button type="button" className="link" onClick={() => one.cell && onCell(one.cell)}>
                {figure(one.value, one.form, talk)}
              </button>
            ) : (
              figure(one.value, one.form, talk)
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function ChartCard({ chart, onCell }: { chart: ChartOf; onCell: (cell: Cell) => void }) {
  const talk = useTalk();
  return (
    <section className="card">
      <div className="card-head">
        <h2>{chart.title}</h2>
        <Button size="small" type="text" onClick={() => void savePicture(chart, chart.title, talk)}>
          {talk.say("export_png")}
        </Button>
      </div>
      <Picture chart={chart} onCell={onCell} />
    </section>
  );
}

/** The chart alone, as high as its rows ask for, narrow ones with what fits them. */
export function Picture({ chart, onCell, height }: { chart: ChartOf; onCell: (cell: Cell) => void; height?: number }) {
  const talk = useTalk();
  const { isDark } = usePreferences();
  const [place, isNarrow] = useNarrow();
  const option = useMemo(() => optionOf(chart, inkOf(isDark), talk, isNarrow ? "narrow" : "wide"), [chart, isDark, talk, isNarrow]);
  const pick = (picked: { data: unknown }) => {
    const { cell } = (picked.data ?? {}) as { cell?: Cell };
    if (cell) onCell(cell);
  };
  return (
    <div ref={place} className="picture">
      <Chart option={option} label={chart.title} height={height ?? heightOf(chart)} onPick={pick} />
    </div>
  );
}

const NARROW_PX = 520;

function useNarrow() {
  const place = useRef<HTMLDivElement>(null);
  const [isNarrow, setNarrow] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const watching = new ResizeObserver(([entry]) => setNarrow((entry?.contentRect.width ?? NARROW_PX) < NARROW_PX));
    watching.observe(element);
    return () => watching.disconnect();
  }, []);
  return [place, isNarrow] as const;
}

const PICTURE_PX = 960;

/** Hand the picture of a chart to the reader: in ink for paper, however the page looks. */
export async function savePicture(chart: ChartOf, title: string, talk: Talk): Promise<void> {
  const { pictureOf } = await import("@/parts/echarts");
  const option = dressed(optionOf(chart, inkOf(false), talk), false);
  download(pictureOf(option, title, PICTURE_PX, heightOf(chart)), `${title}.png`);
}

/** Hand a file to the reader. */
export function download(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}
