"""How commands speak: tables for people, one JSON document with --json, one clear line for errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
_WIDEST = 100_000
"""Columns; wider than any table."""


def print_json(answer: Any) -> None:
    """One JSON document on standard output, readable by any program."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table; values are shown as they are, never read as markup."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for number, column in enumerate(columns):
        # What one copies from a table (ids, times) stands first; only the words behind it may be folded.
        table.add_column(column, no_wrap=number < len(columns) - 1, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    if not table.row_count:
        out.print(f"{title}: none")
        return
    needed = Measurement.get(out, out.options.update(width=_WIDEST), table)
    if out.is_terminal and needed.minimum > out.width:  # folded everywhere rather than cut off
        for column_of_table in table.columns:
            column_of_table.no_wrap = False
    _as_wide_as(out.width if out.is_terminal else max(out.width, needed.maximum)).print(table)


def _as_wide_as(width: int) -> Console:
    """Whoever reads a file or a pipe has no edge at 80 columns at which words would have to go."""
    return out if width == out.width else Console(highlight=False, width=width)


def short_time(text: str | None) -> str:
    """A moment of the API to the second, for tables.

    >>> short_time("2026-11-21T08:30:00.250Z")
    '2026-11-21 08:30:00'
    """
    return (text or "")[:19].replace("T", " ")


def print_facts(title: str, facts: dict[str, Any]) -> None:
    """Names and values under a title."""
    width = max((len(name) for name in facts), default=0)
    out.print(Text(title, style="bold"), soft_wrap=True)
    for name, value in facts.items():
        shown = Text("" if value is None else str(value))
        # Never folded: a key broken over two lines cannot be copied.
        out.print(Text(f"{name:<{width}}  ", style="dim") + shown, soft_wrap=True)


def say(text: str) -> None:
    """A line for people. Never used together with --json."""
    out.print(Text(text), soft_wrap=True)


def complain(text: str) -> None:
    """A line about something that went wrong."""
    err.print(Text("zuji: ", style="bold red") + Text(text), soft_wrap=True)
