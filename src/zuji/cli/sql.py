"""zuji sql: one SELECT over the views, as a table, as JSON or as CSV."""

from __future__ import annotations

import csv
import json
import re
import sys
from typing import Annotated, Any

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, WorkspaceOption, engine_of
from zuji.cli.output import JsonOption, print_json, print_table, say
from zuji.terms.error import BadRequest
from zuji.terms.spreadsheet import harmless

_EXACT = re.compile(r"(Nullable\()?(Decimal|U?Int)")
"""Types whose numbers travel as texts where no float holds them."""


def sql(
    statement: Annotated[str, typer.Argument(help="The statement; - reads it from standard input.")] = "",
    limit: Annotated[int | None, typer.Option(help="At most so many rows.", min=1)] = None,
    views: Annotated[bool, typer.Option("--views", help="List the views and their columns instead.")] = False,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask in SQL: SELECT event, count() FROM events GROUP BY event. Personal values are shown as they are."""
    if not statement and not views:
        raise BadRequest("there is nothing to ask. Write a SELECT in quotes, or --views to see what there is.")
    query = {"workspace": workspace}
    with engine_of(data) as engine:
        if views:
            _show_views(engine.ask("GET", "/api/v1/sql/views", query=query), as_json=as_json)
            return
        text = sys.stdin.read() if statement == "-" else statement
        body = {"sql": text} | ({} if limit is None else {"limit": limit})
        answer = engine.ask("POST", "/api/v1/sql", query=query, body=body)
    if as_json:
        print_json(answer)
    elif as_csv:
        _show_csv(answer)
    else:
        _show_table(answer)


def _show_table(answer: dict[str, Any]) -> None:
    names = [column["name"] for column in answer["columns"]]
    rows = [[_cell(value) for value in row] for row in answer["rows"]]
    print_table(f"{len(rows)} rows", names, rows)
    more = " There are more rows: raise --limit, or count instead of listing." if answer["truncated"] else ""
    newest = answer["freshness"] or "nothing yet"
    say(f"{answer['rows_read']:,} rows read in {answer['milliseconds']:g} ms; newest event {newest}.{more}")
    if answer["exactness"] != "exact":
        for function, told in answer["exactness"].items():
            say(f"· {function} is approximate: {told['approximate']}")


def _show_csv(answer: dict[str, Any]) -> None:
    """As in exported files, no text is left that a spreadsheet would take for a formula; numbers stay numbers."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    exact = [_EXACT.match(column["type"]) is not None for column in answer["columns"]]
    writer.writerow(harmless(column["name"]) for column in answer["columns"])
    for row in answer["rows"]:
        cells = (_cell(value) for value in row)
        writer.writerow(
            harmless(cell) if isinstance(cell, str) and not is_exact else cell
            for cell, is_exact in zip(cells, exact, strict=True)
        )
    sys.stdout.flush()


def _show_views(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    for view in answer["views"]:
        say(f"{view['name']}: {view['meaning']}")
        rows = [(column["name"], column["type"], column["meaning"]) for column in view["columns"]]
        print_table(view["name"], ("column", "type", "meaning"), rows)


def _cell(value: Any) -> Any:
    """A value as a cell holds it: arrays and tuples as JSON, nothing as nothing."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
