import { Tooltip } from "antd";
import { useFormat } from "@/app/format";
import { usePreferences } from "@/app/preferences";
import type { Cell } from "@/charts/model";
import type { Box, PageFrame, Width } from "@/charts/page_frame";
import { inkOf, tint } from "@/charts/palette";
import { useWords } from "@/words/words";
import { words } from "./words";

interface Shown {
  readonly frame: PageFrame;
  readonly page: string;
  readonly width: Width;
  /** Who clicked an element; left out where the reader may not know. */
  readonly onCell?: (cell: Cell) => void;
}

const FAINTEST = 0.08;

/** The page as a sheet of its own shape. Wide as the card, or as a phone beside others. */
export function DrawnPage({ frame, page, width, onCell }: Shown) {
  const say = useWords(words);
  return (
    <>
      <section className={`page-window ${width}`} aria-label={page} tabIndex={0}>
        <div className="page-bar" aria-hidden>
          {page}
        </div>
        <div className="page-sheet" style={{ aspectRatio: `${frame.width} / ${frame.height}` }}>
          <Heat frame={frame} />
          {frame.boxes.map((box) => (
            <BoxOn key={box.element} box={box} frame={frame} {...(onCell ? { onCell } : {})} />
          ))}
        </div>
      </section>
      <Legend />
      {frame.unplaced > 0 && <p className="soft">{say("unplaced", { n: frame.unplaced })}</p>}
    </>
  );
}

/** Where on the elements clicks fell. */
function Heat({ frame: { width, height, spots } }: { frame: PageFrame }) {
  return (
    <svg className="page-heat" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden>
      <defs>
        <radialGradient id="page-spot">
          <stop offset="0" stopColor="#f0622d" stopOpacity="0.95" />
          <stop offset="0.45" stopColor="#f2b134" stopOpacity="0.6" />
          <stop offset="1" stopColor="#f2b134" stopOpacity="0" />
        </radialGradient>
      </defs>
      {spots.map(({ x, y, radius, heat }, place) => (
        <circle key={place} cx={x} cy={y} r={radius} fill="url(#page-spot)" opacity={0.35 + 0.65 * heat} />
      ))}
    </svg>
  );
}

function BoxOn({ box, frame, onCell }: { box: Box; frame: PageFrame; onCell?: (cell: Cell) => void }) {
  const say = useWords(words);
  const format = useFormat();
  const { isDark } = usePreferences();
  const told = say("box", {
    element: box.element,
    clicks: format.number(box.clicks),
    people: format.number(box.people),
    share: format.percent(box.share),
  });
  const of = (length: number, whole: number) => `${(100 * length) / whole}%`;
  return (
    <Tooltip title={told}>
      <button
        type="button"
        className="page-box"
        aria-label={told}
        data-element={box.element}
        aria-disabled={!onCell}
        onClick={() => onCell?.(box.cell)}
        style={{
          left: of(box.left, frame.width),
          top: of(box.top, frame.height),
          width: of(box.width, frame.width),
          height: of(box.height, frame.height),
          backgroundColor: tint(inkOf(isDark), Math.max(FAINTEST, box.heat)),
        }}
      >
        <b aria-hidden>{format.compact(box.clicks)}</b>
      </button>
    </Tooltip>
  );
}

function Legend() {
  const say = useWords(words);
  const { isDark } = usePreferences();
  const ink = inkOf(isDark);
  return (
    <p className="page-legend soft">
      {say("few")}
      <span aria-hidden style={{ background: `linear-gradient(to right, ${tint(ink, FAINTEST)}, ${tint(ink, 1)})` }} />
      {say("many")}
    </p>
  );
}
