/** Where tiles stand on a page of twelve columns. Pure, so that moving one is a value before it is a request. */

export interface Tile {
  readonly question: string | { readonly kind: string; readonly question: Readonly<Record<string, unknown>> };
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly chart: string;
}

const COLUMNS = 12;
const WIDTHS = [3, 4, 6, 8, 12] as const;

/** Tiles as they are kept; what one does not say is as the API has it by default. */
export function tilesOf(documents: readonly Readonly<Record<string, unknown>>[]): Tile[] {
  const blank = { title: "", x: 0, y: 0, width: 6, height: 4, chart: "auto" };
  return documents.map((document) => ({ ...blank, ...document }) as Tile);
}

/** The order in which tiles are read: row by row. */
export function inReadingOrder(tiles: readonly Tile[]): number[] {
  return tiles.map((_, place) => place).sort((one, other) => compare(tiles[one], tiles[other]));
}

function compare(one: Tile | undefined, other: Tile | undefined): number {
  return (one?.y ?? 0) - (other?.y ?? 0) || (one?.x ?? 0) - (other?.x ?? 0);
}

/** Tiles in this order put down from the top left, each row as high as its highest tile. */
export function laidOut(tiles: readonly Tile[]): Tile[] {
  let [x, y, high] = [0, 0, 0];
  return tiles.map((tile) => {
    if (x + tile.width > COLUMNS) [x, y, high] = [0, y + high, 0];
    const placed = { ...tile, x, y };
    [x, high] = [x + tile.width, Math.max(high, tile.height)];
    return placed;
  });
}

/** The tile of one place moved to another, the rest closing up. */
export function moved(tiles: readonly Tile[], from: number, to: number): Tile[] {
  const rest = tiles.filter((_, place) => place !== from);
  const tile = tiles[from];
  return tile === undefined ? [...tiles] : laidOut([...rest.slice(0, to), tile, ...rest.slice(to)]);
}

/** A tile made wider or narrower by one size. */
export function resized(tiles: readonly Tile[], place: number, way: "wider" | "narrower"): Tile[] {
  const next = (width: number) =>
    way === "wider" ? WIDTHS.find((one) => one > width) : WIDTHS.findLast((one) => one < width);
  return laidOut(tiles.map((tile, at) => (at === place ? { ...tile, width: next(tile.width) ?? tile.width } : tile)));
}
