import { useQuery } from "@tanstack/react-query";
import { Button, ConfigProvider, Popconfirm, Select } from "antd";
import { useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { useAnswer, useChange } from "@/api/asking";
import { type Answer, type ApiError, call } from "@/api/client";
import { useSession } from "@/app/session";
import { useTalk } from "@/charts/talk";
import { EmptyState } from "@/parts/EmptyState";
import { Loaded } from "@/parts/Loaded";
import { PageHead } from "@/parts/PageHead";
import { isWorthAnotherTry } from "@/pages/ask/asking";
import { inSight } from "@/pages/ask/PeopleBehind";
import { addTile } from "@/pages/ask/Saving";
import { inReadingOrder, laidOut, moved, resized, type Tile, tilesOf } from "./layout";
import { TileCard } from "./TileCard";

type Page = Answer<"/api/v1/dashboards/{dashboard_id}">;
type Answers = Answer<"/api/v1/dashboards/{dashboard_id}/run", "post">;

/** One dashboard. */
export function Board({ id }: { id: string }) {
  const query = useAnswer("/api/v1/dashboards/{dashboard_id}", { at: { dashboard_id: id } });
  return <Loaded query={query}>{(board) => <Shown board={board} />}</Loaded>;
}

const AGAIN_MS = 3_000;
const MOST_TRIES = 5;

/** Whether every tile has its answer, or a refusal that asking again would not change. */
function isWhole(answers: Answers | undefined, tiles: number): boolean {
  if (answers === undefined) return true; // nothing yet, or a failure of the whole that `retry` looks after
  return answers.tiles.length === tiles && answers.tiles.every((tile) => tile.code !== "busy");
}

function useAnswers(board: Page) {
  const { workspace } = useSession();
  return useQuery<Answers, ApiError>({
    queryKey: [workspace, "board", board.id, JSON.stringify(board.tiles.map((tile) => tile.question))],
    queryFn: ({ signal }) =>
      call("post", "/api/v1/dashboards/{dashboard_id}/run", { at: { dashboard_id: board.id }, signal }),
    enabled: board.tiles.length > 0,
    retry: isWorthAnotherTry,
    refetchInterval: ({ state }) =>
      isWhole(state.data, board.tiles.length) || state.dataUpdateCount > MOST_TRIES ? false : AGAIN_MS,
  });
}

function useArranging(board: Page) {
  const tiles = tilesOf(board.tiles);
  const order = inReadingOrder(tiles);
  const ordered = order.flatMap((place) => (tiles[place] ? [tiles[place]] : []));
  const keep = useChange((next: readonly Tile[]) =>
    call("patch", "/api/v1/dashboards/{dashboard_id}", {
      at: { dashboard_id: board.id },
      body: { tiles: next.map((tile) => ({ ...tile })) },
    }),
  );
  return { order, ordered, keep: keep.mutate };
}

function Shown({ board }: { board: Page }) {
  const { say } = useTalk();
  const { may } = useSession();
  const [isArranging, setArranging] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const answers = useAnswers(board);
  const { order, ordered, keep } = useArranging(board);
  const dragged = useRef<number | null>(null);
  const drop = (to: number) => {
    if (dragged.current !== null && dragged.current !== to) keep(moved(ordered, dragged.current, to));
    dragged.current = null;
  };
  return (
    <div ref={place} className="board">
      <PageHead title={board.name} lead={<Link to="/dashboards">← {say("back")}</Link>}>
        <Button onClick={() => void answers.refetch()} loading={answers.isFetching}>
          {say("refresh")}
        </Button>
        <Button onClick={() => void place.current?.requestFullscreen?.()}>{say("full_screen")}</Button>
        {may("questions.save") && (
          <ConfigProvider getPopupContainer={inSight}>
            <Editing board={board} isArranging={isArranging} setArranging={setArranging} />
          </ConfigProvider>
        )}
      </PageHead>
      {ordered.length === 0 ? (
        <EmptyState title={say("dashboard_empty")}>
          <p>{say("dashboard_empty_more")}</p>
        </EmptyState>
      ) : (
        <div className="tiles12">
          {ordered.map((tile, at) => (
            <TileCard
              key={`${order[at]}`}
              tile={tile}
              answered={answers.data?.tiles.find((one) => one.tile === order[at])}
              failure={answers.error}
              arranging={isArranging ? { at, last: ordered.length - 1 } : null}
              onMove={(to) => keep(moved(ordered, at, to))}
              onResize={(way) => keep(resized(ordered, at, way))}
              onRemove={() => keep(laidOut(ordered.filter((_, other) => other !== at)))}
              onDrag={() => (dragged.current = at)}
              onDrop={() => drop(at)}
            />
          ))}
        </div>
      )}
    </div>
  );
}

interface Edit {
  readonly board: Page;
  readonly isArranging: boolean;
  readonly setArranging: (isArranging: boolean) => void;
}

function Editing({ board, isArranging, setArranging }: Edit) {
  const { say } = useTalk();
  const navigate = useNavigate();
  const saved = useAnswer("/api/v1/questions/saved");
  const add = useChange(({ id, name }: { id: string; name: string }) => addTile(board, id, name));
  const forget = useChange(
    () => call("delete", "/api/v1/dashboards/{dashboard_id}", { at: { dashboard_id: board.id } }),
    () => void navigate("/dashboards"),
  );
  const questions = saved.data?.questions ?? [];
  return (
    <>
      <Select
        aria-label={say("tile_add")}
        placeholder={say("tile_add")}
        value={null}
        popupMatchSelectWidth={false}
        notFoundContent={say("saved_none")}
        onChange={(id: string | null) => {
          const one = questions.find((question) => question.id === id);
          if (one) add.mutate(one);
        }}
        options={questions.map((one) => ({ value: one.id, label: one.name }))}
      />
      <Button type={isArranging ? "primary" : "default"} onClick={() => setArranging(!isArranging)}>
        {isArranging ? say("arranged") : say("arrange")}
      </Button>
      {isArranging && (
        <Popconfirm title={say("delete_sure")} okText={say("delete")} cancelText={say("cancel")} onConfirm={() => forget.mutate(undefined)}>
          <Button danger>{say("delete")}</Button>
        </Popconfirm>
      )}
    </>
  );
}
