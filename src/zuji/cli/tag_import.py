"""zuji tag import: values of a tag from a CSV file, an identifier and a value a line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zuji.cli.asking import Engine
from zuji.cli.definitions import path_of
from zuji.tag.given import MOST_AT_ONCE, read_text
from zuji.terms.error import BadRequest

MOST_SHOWN = 20
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file. `unknown`: identifiers that nobody has, the first ones by name."""

    given: int
    unknown: int
    first_unknown: list[str]


def import_values(engine: Engine, key: str, file: Path, workspace: str, *, announce: bool) -> Imported:
    """Give what the file says, a thousand lines at a time. A file with a line that makes no sense gives nothing.

    Giving the same twice changes nothing, so after a failure the same file can be given again.
    """
    query = {"workspace": workspace}
    value_type = engine.ask("GET", path_of("tag", key), query=query)["value_type"]
    lines = list(_lines(file, value_type))
    given, unknown = 0, list[str]()
    for start in range(0, len(lines), MOST_AT_ONCE):
        body = {"values": lines[start : start + MOST_AT_ONCE], "announce": announce}
        answer = engine.ask("PUT", path_of("tag", key, "values"), query=query, body=body)
        given += answer["given"]
        unknown += [f"{one['type']}:{one['value']}" for one in answer["unknown"]]
    return Imported(given, len(unknown), unknown[:MOST_SHOWN])


def _lines(file: Path, value_type: Any) -> Iterator[Line]:
    """Every line as the API takes it. Raises BadRequest naming the first line that makes no sense."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = csv.reader(opened)
        header = [name.strip() for name in next(rows, [])]
        if len(header) != 2 or header[1] != "value" or not header[0]:
            raise BadRequest(
                f"{file}: the first line names the type of identifier and then `value`, such as user_id,value;"
                f" got {','.join(header)!r:.80}."
            )
        for row in rows:
            if row:
                yield _line(row, header[0], value_type, f"{file}, line {rows.line_num}")


def _line(row: list[str], type_: str, value_type: Any, place: str) -> Line:
    if len(row) != 2 or not row[0].strip():
        raise BadRequest(f"{place}: an identifier and a value are expected, got {len(row)} cells.")
    try:
        value = read_text(row[1], value_type)
    except ValueError as error:
        raise BadRequest(f"{place}: {error}.") from error
    return {"who": {"type": type_, "value": row[0].strip()}, "value": value}
