"""ClickHouse SQL read and printed by sqlglot, with all that sqlglot would translate switched off.

sqlglot understands hundreds of functions and rewrites them for other databases. Here every call stays a plain name
with its arguments, so that the name which is checked is the name which is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.clickhouse import ClickHouse
from sqlglot.errors import SqlglotError
from sqlglot.generators.clickhouse import ClickHouseGenerator
from sqlglot.parsers.clickhouse import ClickHouseParser

from zuji.analyse.sql.functions import aggregate_named
from zuji.terms.error import BadRequest

LONGEST_STATEMENT = 20_000
DEEPEST_NESTING = 40
"""The reader calls itself once per bracket, some dozen frames each; Python ends at a thousand."""

MOST_NODES = 5_000

_ESCAPED = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\0": "\\0"}


MOST_STEPS = 50_000
"""Honest statements of the greatest length take a tenth of it. sqlglot tries one reading after the other, and some
texts (joins without conditions) have twice as many with every word: what would take years is given up in a second.
"""


class _Reader(ClickHouseParser):
    """No function is known by name, so that each one stays as written; gives up when it goes back too often."""

    FUNCTIONS: ClassVar[Any] = {}
    FUNCTION_PARSERS: ClassVar[Any] = {"CAST": ClickHouseParser.FUNCTION_PARSERS["CAST"]}
    NO_PAREN_FUNCTIONS: ClassVar[Any] = {}
    NO_PAREN_FUNCTION_PARSERS: ClassVar[Any] = {"CASE": ClickHouseParser.NO_PAREN_FUNCTION_PARSERS["CASE"]}

    _steps = 0

    def _advance(self, times: int = 1) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise BadRequest("this statement can be read in too many ways. Give every JOIN its ON or USING.")
        super()._advance(times)

    @classmethod
    def _resolve_clickhouse_agg(cls, name: str) -> tuple[str, Sequence[str]] | None:
        """Which functions may have a second pair of parentheses: the aggregates of our own list."""
        known = aggregate_named(name)
        return None if known is None else (known, ())


class _Printer(ClickHouseGenerator):
    """Prints texts with our own escapes."""

    def literal_sql(self, expression: exp.Literal) -> str:
        """A number as it is, a text in quotes."""
        return quoted(expression.name) if expression.is_string else expression.name


class Analyst(ClickHouse):
    """The dialect that analysts write."""

    Parser = _Reader
    Generator = _Printer


def read(text: str) -> exp.Expr:
    """The one statement in this text as a tree. Raises BadRequest when there is none, or more than one."""
    if len(text) > LONGEST_STATEMENT:
        raise BadRequest(f"a statement may have up to {LONGEST_STATEMENT:,} characters, got {len(text):,}. Shorten it.")
    if (depth := nesting(text)) > DEEPEST_NESTING:
        raise BadRequest(
            f"brackets may be nested up to {DEEPEST_NESTING} deep, got {depth}. Give the inner parts names: "
            "WITH inner AS (SELECT ...) SELECT ..."
        )
    try:
        found = [tree for tree in Analyst().parse(text) if tree is not None]
    except SqlglotError as mistake:
        raise BadRequest(f"this is no SQL that zuji can read: {_said(mistake)}. {_WHAT_RUNS}") from mistake
    except RecursionError as mistake:
        raise BadRequest(f"this statement is nested too deeply to be read. {_WHAT_RUNS}") from mistake
    if len(found) != 1:
        raise BadRequest(f"send exactly one statement, got {len(found)}. {_WHAT_RUNS}")
    if (size := sum(1 for _ in found[0].walk())) > MOST_NODES:
        raise BadRequest(f"a statement may have up to {MOST_NODES:,} parts, got {size:,}. Split it in two.")
    return found[0]


def printed(tree: exp.Expr) -> str:
    """The tree as SQL: every identifier in quotes, no comments, nothing of the text it was read from."""
    return Analyst().generate(tree, identify=True, comments=False, copy=True, normalize_functions=False)


def quoted(text: str) -> str:
    """A text as ClickHouse reads it back, byte for byte.

    >>> print(quoted("it's a \\\\ and\\n"))
    'it\\'s a \\\\ and\\n'
    """
    return f"'{''.join(_ESCAPED.get(char, char) for char in text)}'"


def nesting(text: str) -> int:
    """The deepest nesting of brackets. Those in texts count as well, which only errs on the safe side.

    >>> nesting("SELECT f((1 + 2), [3])")
    2
    """
    depth = deepest = 0
    for char in text:
        if char in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in ")]}":
            depth -= 1
    return deepest


_WHAT_RUNS = (
    "One SELECT over the views of GET /api/v1/sql/views runs, such as SELECT event, count() FROM events GROUP BY event."
)


def _said(mistake: SqlglotError) -> str:
    """sqlglot's message without the terminal's underlining, on one line."""
    errors = getattr(mistake, "errors", None) or [{}]
    first = errors[0]
    if first.get("description"):
        return f"{first['description'].rstrip('.')} (line {first.get('line')}, column {first.get('col')})"
    return " ".join(str(mistake).replace("\x1b[4m", "").replace("\x1b[0m", "").split())[:200]
