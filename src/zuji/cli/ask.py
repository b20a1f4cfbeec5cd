"""zuji ask: a question of any kind, as a table and a chart in the terminal, as CSV or as JSON.

Fields are written as options (`--steps view,purchase --window 7d --breakdown channel`), or the whole document comes
from a file. `zuji ask --kinds` lists what there is.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, WorkspaceOption, engine_of
from zuji.cli.chart import chart_of
from zuji.cli.output import JsonOption, out, print_json, print_table, say
from zuji.cli.question_options import question_from
from zuji.terms.answer_rows import rows_of
from zuji.terms.error import BadRequest
from zuji.terms.spreadsheet import harmless

MOST_ROWS = 200
"""So many rows are shown in a terminal; --json and --csv have them all."""


def ask(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="The kind: funnel, trend, retention, paths ...")] = "",
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="The question as JSON; - reads standard input.", allow_dash=True)
    ] = None,
    people: Annotated[str, typer.Option(help="List the people behind a cell instead: '{\"step\": 2}'.")] = "",
    show_sql: Annotated[bool, typer.Option("--sql", help="Show the SQL that ran.")] = False,
    kinds: Annotated[bool, typer.Option("--kinds", help="List the kinds and their fields instead.")] = False,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table and a chart.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask about behaviour: zuji ask funnel --steps view,purchase --window 7d. Fields are options; see --kinds."""
    query = {"workspace": workspace}
    with engine_of(data) as engine:
        if kinds:
            _show_kinds(engine.ask("GET", "/api/v1/questions/kinds", query=query), as_json=as_json)
            return
        asked = _document(kind, file, context.args)
        if people:
            page = engine.ask("POST", "/api/v1/questions/people", query=query, body={**asked, "cell": _json(people)})
            _show_people(page, as_json=as_json)
            return
        answer = engine.ask("POST", "/api/v1/questions/run", query=query, body=asked)
    if as_json:
        print_json(answer)
    elif as_csv:
        _show_csv(answer)
    else:
        _show(answer, show_sql=show_sql)


def _document(kind: str, file: Path | None, options: list[str]) -> dict[str, Any]:
    """What is asked: from the file, with options on top."""
    document: dict[str, Any] = {}
    if file is not None:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
        document = _json(text)
        if "question" in document:
            kind, document = kind or str(document.get("kind", "")), dict(document["question"])
    if not kind:
        raise BadRequest(
            "what kind of question? `zuji ask --kinds` lists them; for example: zuji ask trend --event view."
        )
    return {"kind": kind, "question": {**document, **question_from(kind, options)}}


def _json(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadRequest(f"this is no JSON: {error}.") from error
    if not isinstance(document, dict):
        raise BadRequest(f"a JSON object is expected, got {text[:80]!r}.")
    return document


def _show(answer: dict[str, Any], *, show_sql: bool) -> None:
    rows = rows_of(answer["kind"], answer["answer"])
    names = list(dict.fromkeys(name for row in rows for name in row))
    shown = [[_figure(row.get(name)) for name in names] for row in rows[:MOST_ROWS]]
    print_table(answer["kind"], names, shown)
    if len(rows) > MOST_ROWS:
        say(f"{len(rows) - MOST_ROWS} more rows; --json has them all.")
    for line in chart_of(answer["kind"], answer["answer"]):
        out.print(line, soft_wrap=True)
    for note in answer["notes"]:
        say(f"· {note}")
    newest = answer["freshness"] or "nothing yet"
    say(f"{answer['rows_read']:,} rows in {answer['milliseconds']} ms; newest event {newest}; {answer['exactness']}.")
    if show_sql:
        for statement in answer["sql"]:
            out.print(statement["sql"], soft_wrap=True, markup=False)


def _show_csv(answer: dict[str, Any]) -> None:
    """As in exported files, no text is left that a spreadsheet would take for a formula; figures are in full."""
    rows = rows_of(answer["kind"], answer["answer"])
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        cells = (row.get(name) for name in names)
        writer.writerow(harmless(cell) if isinstance(cell, str) else cell for cell in cells)
    sys.stdout.flush()


def _figure(value: Any) -> Any:
    """A figure as people read it: four digits that matter, never an exponent for what has more before the point.

    >>> [_figure(value) for value in (0.48673, 11960.4, 7, None)]
    ['0.4867', '11,960', 7, None]
    """
    if not isinstance(value, float):
        return value
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"


def _show_people(page: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(page)
        return
    rows = [
        (
            one["person"],
            ", ".join(f"{held['type']}:{held['value']}" for held in one["identifiers"]),
            _said(one["reason"]),
        )
        for one in page["people"]
    ]
    print_table(f"{page['count']} people", ("person", "identifiers", "reason"), rows)


def _said(reason: Any) -> str:
    return "" if reason is None else json.dumps(reason, ensure_ascii=False)


def _show_kinds(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    rows = [(kind, ", ".join(sorted(_fields(schema)))) for kind, schema in answer["kinds"].items()]
    print_table("kinds of questions", ("kind", "fields"), rows)


def _fields(schema: dict[str, Any]) -> list[str]:
    """The names of the fields, wherever the schema keeps them."""
    if "$ref" in schema:
        return _fields(schema["$defs"][schema["$ref"].rsplit("/", 1)[-1]])
    return list(schema.get("properties", ()))
