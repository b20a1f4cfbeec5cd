import { Button } from "antd";
import { useState } from "react";
import { usePreferences } from "@/app/preferences";
import { figure } from "./figures";
import type { Cell, Table, TableCell } from "./model";
import { inkOf, tint } from "./palette";
import { useTalk } from "./talk";

const ROWS_AT_ONCE = 100;

/** A table of figures. A figure with people behind it is a button; a period that is not over says so. */
export function AnswerTable({ table, onCell }: { table: Table; onCell: (cell: Cell) => void }) {
  const { say } = useTalk();
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  return (
    <>
      <h3 className="figures-title">{table.title}</h3>
      <div className="figures-frame" role="region" aria-label={table.title} tabIndex={0}>
        <table className="figures" aria-label={table.title}>
          <thead>
            <tr>
              {table.columns.map((column, place) => (
                <th key={`${column} ${place}`} scope="col" className={isText(table, place) ? "" : "number"}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.slice(0, shown).map((row, place) => (
              <tr key={place}>
                {row.map((cell, column) => (
                  <Written key={column} cell={cell} isHead={column === 0} onCell={onCell} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {table.rows.length > shown && (
        <Button size="small" onClick={() => setShown(shown + 5 * ROWS_AT_ONCE)}>
          {say("more")}
        </Button>
      )}
    </>
  );
}

function isText(table: Table, column: number): boolean {
  return (table.rows[0]?.[column]?.form ?? "text") === "text";
}

function Written({ cell, isHead, onCell }: { cell: TableCell; isHead: boolean; onCell: (cell: Cell) => void }) {
  const talk = useTalk();
  const { isDark } = usePreferences();
  const pointed = cell.cell;
  const text = figure(cell.value, cell.form, talk);
  const content =
    pointed && cell.value !== null ? (
      <button type="button" className="cell" data-cell={JSON.stringify(pointed)} onClick={() => onCell(pointed)}>
        {text}
      </button>
    ) : (
      text
    );
  const partial = cell.partial ? (
    <span className="partial" title={talk.say("partial_sign")}>
      <span className="hidden-text">{talk.say("partial_sign")}</span>
    </span>
  ) : null;
  if (isHead) {
    return (
      <th scope="row">
        {content}
        {partial}
      </th>
    );
  }
  const look = cell.heat ? { backgroundColor: tint(inkOf(isDark), cell.heat) } : {};
  return (
    <td className={cell.form === "text" ? "" : "number"} style={look}>
      {content}
      {partial}
    </td>
  );
}
