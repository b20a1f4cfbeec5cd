"""The rows of a query as a table on disk, which is then imported like any other."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from zuji.terms.error import BadRequest, Busy

AT_ONCE = 5_000
_VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")


def write_rows(url: str, query: str, file: Path, *, environment: Mapping[str, str] = os.environ) -> int:
    """Ask the query and write its rows as a CSV with a header, a few thousand at a time. Gives how many."""
    rows = 0
    try:
        engine = create_engine(_filled(url, environment))
        with engine.connect() as connection, file.open("w", encoding="utf-8", newline="") as out:
            answer = connection.execution_options(stream_results=True, yield_per=AT_ONCE).execute(text(query))
            table = csv.writer(out)
            table.writerow(answer.keys())
            for some in answer.partitions():
                table.writerows([as_cell(value) for value in row] for row in some)
                rows += len(some)
    except (SQLAlchemyError, ImportError) as failure:
        # The text of an error may repeat the URL with its password; its first line of the driver does not.
        cause = str(getattr(failure, "orig", None) or type(failure).__name__).splitlines()[0]
        raise Busy(f"the query could not be asked: {cause}") from None
    return rows


def as_cell(value: object) -> str:
    """A value as the table has it.

    >>> as_cell(True), as_cell(None), as_cell({"a": 1}), as_cell(datetime(2026, 3, 1, 8))
    ('true', '', '{"a": 1}', '2026-03-01 08:00:00')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode(errors="replace")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _filled(url: str, environment: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in environment:
            raise BadRequest(f"the environment has no {found[1]}, which the url of an import names.")
        return environment[found[1]]

    return _VARIABLE.sub(value, url)
