import { Button } from "antd";
import { ArrowLeftOutlined, ArrowRightOutlined, ColumnWidthOutlined, CompressOutlined, DeleteOutlined } from "@ant-design/icons";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { type Answer, ApiError } from "@/api/client";
import { useSession } from "@/app/session";
import { saveRows } from "@/background/exports";
import { AnswerTable } from "@/charts/AnswerTable";
import { Headlines, Picture, savePicture } from "@/charts/AnswerView";
import type { Cell, Chart, View } from "@/charts/model";
import { useTalk } from "@/charts/talk";
import { type Kind, viewOf } from "@/charts/views";
import { searchOf } from "@/pages/ask/address";
import type { Envelope } from "@/pages/ask/asking";
import type { Document } from "@/pages/ask/json";
import { PeopleBehind, type Pointed } from "@/pages/ask/PeopleBehind";
import { ErrorState } from "@/parts/ErrorState";
import { Waiting } from "@/parts/Waiting";
import type { Tile } from "./layout";

type Answered = Answer<"/api/v1/dashboards/{dashboard_id}/run", "post">["tiles"][number];
const ROW_PX = 80;
const HEAD_PX = 130;

interface Shown {
  readonly tile: Tile;
  readonly answered: Answered | undefined;
  readonly failure: ApiError | null;
  readonly arranging: { readonly at: number; readonly last: number } | null;
  readonly onMove: (to: number) => void;
  readonly onResize: (way: "wider" | "narrower") => void;
  readonly onRemove: () => void;
  readonly onDrag: () => void;
  readonly onDrop: () => void;
}

/** A question on a dashboard: its figures and its first chart, or its table. */
export function TileCard(shown: Shown) {
  const { tile, answered, failure, arranging } = shown;
  const envelope = answered?.answer ?? null;
  return (
    <section
      className={`card tile ${arranging ? "moving" : ""}`}
      style={{ gridColumn: `span ${tile.width}` }}
      aria-label={tile.title}
      draggable={arranging !== null}
      onDragStart={shown.onDrag}
      onDragOver={(event) => event.preventDefault()}
      onDrop={shown.onDrop}
    >
      <div className="card-head">
        <h2>{tile.title || envelope?.kind}</h2>
        {arranging ? <Moves {...shown} arranging={arranging} /> : envelope && <Takes envelope={envelope} tile={tile} />}
      </div>
      {envelope ? (
        <Content envelope={envelope} tile={tile} />
      ) : answered?.problem || failure ? (
        <ErrorState failure={failure ?? new ApiError(422, answered?.code ?? "", answered?.problem ?? "")} />
      ) : (
        <Waiting rows={4} />
      )}
    </section>
  );
}

function Content({ envelope, tile }: { envelope: Envelope; tile: Tile }) {
  const talk = useTalk();
  const { may } = useSession();
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const view = useMemo(() => viewOf(envelope, talk), [envelope, talk]);
  const point = (cell: Cell) => may("profiles.read") && setPointed({ reference: envelope.people, cell });
  const chart = chartOf(tile, view);
  const [table] = view.tables;
  const isTable = !chart && tile.chart !== "number";
  return (
    <>
      <Headlines headlines={view.headlines.slice(0, tile.width < 6 ? 2 : 4)} onCell={point} />
      {chart && <Picture chart={chart} onCell={point} height={tile.height * ROW_PX - HEAD_PX + 60} />}
      {isTable && table && <AnswerTable table={table} onCell={point} />}
      <PeopleBehind pointed={pointed} onClose={() => setPointed(null)} />
    </>
  );
}

/** The chart that a tile shows; none where it shows its table or its figures alone. */
function chartOf(tile: Tile, view: View): Chart | undefined {
  return tile.chart === "table" || tile.chart === "number" ? undefined : view.charts[0];
}

/** What can be taken from a tile: its rows, its picture, the question itself. */
function Takes({ envelope, tile }: { envelope: Envelope; tile: Tile }) {
  const talk = useTalk();
  const { say } = talk;
  const { title } = tile;
  const { may, workspace } = useSession();
  const asked = { kind: envelope.kind as Kind, question: envelope.question as Document };
  const chart = useMemo(() => chartOf(tile, viewOf(envelope, talk)), [tile, envelope, talk]);
  return (
    <div className="aside">
      {may("exports.make") && (
        <Button size="small" type="text" aria-label={`${say("export_csv")} ${title}`} onClick={() => void saveRows(asked, title)}>
          {say("export_csv")}
        </Button>
      )}
      {chart && (
        <Button size="small" type="text" aria-label={`${say("export_png")} ${title}`} onClick={() => void savePicture(chart, title || chart.title, talk)}>
          {say("export_png")}
        </Button>
      )}
      <Link to={`/ask?${searchOf(asked, workspace)}`}>{say("in_ask")}</Link>
    </div>
  );
}

function Moves({ tile, arranging: { at, last }, onMove, onResize, onRemove }: Shown & { arranging: { at: number; last: number } }) {
  const { say } = useTalk();
  const named = (word: "earlier" | "later" | "wider" | "narrower" | "remove") => ({ "aria-label": `${say(word)} ${tile.title}`, title: say(word) });
  return (
    <div className="aside">
      <Button size="small" type="text" icon={<ArrowLeftOutlined />} disabled={at === 0} onClick={() => onMove(at - 1)} {...named("earlier")} />
      <Button size="small" type="text" icon={<ArrowRightOutlined />} disabled={at === last} onClick={() => onMove(at + 1)} {...named("later")} />
      <Button size="small" type="text" icon={<CompressOutlined />} onClick={() => onResize("narrower")} {...named("narrower")} />
      <Button size="small" type="text" icon={<ColumnWidthOutlined />} onClick={() => onResize("wider")} {...named("wider")} />
      <Button size="small" type="text" danger icon={<DeleteOutlined />} onClick={onRemove} {...named("remove")} />
    </div>
  );
}
