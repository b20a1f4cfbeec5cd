"""Breakdowns: which groups there are, and which of them an event or person falls into.

A group's key is one text: the value itself for one property (empty for null), the JSON list of the values for several.
First one query ranks the keys (`rank_table`), then the question's own query numbers each event by its group: 0 for the
largest, and so on, `len(groups.keys)` for `other`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from zuji.analyse.question import Breakdown
from zuji.analyse.settled import Settled
from zuji.store.property_sql import Value, event_value, session_value, tagged_value, trait_value
from zuji.store.statement import Statement
from zuji.terms.error import BadQuestion
from zuji.terms.value import text_of

GroupKind = Literal["value", "null", "other"]


@dataclass(frozen=True, slots=True)
class Group:
    """A group as an answer names it."""

    value: tuple[str | None, ...]
    kind: GroupKind

    @property
    def document(self) -> dict[str, Any]:
        """The group's part of an answer."""
        return {"value": list(self.value), "kind": self.kind}


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups shown, largest first, and whether there are others behind them."""

    keys: tuple[str, ...]
    parts: int
    has_other: bool

    def __len__(self) -> int:
        return len(self.keys) + self.has_other

    def group(self, number: int) -> Group:
        """The group of this number."""
        if number >= len(self.keys):
            return Group((), "other")
        return Group(*_value_of(self.keys[number], self.parts))

    def number_sql(self, statement: Statement, key: str) -> str:
        """The number of the group with this key (SQL), UInt32."""
        count = len(self.keys)
        if not count:
            return "toUInt32(0)"
        numbers = statement.bind(list(range(count)), "Array(UInt32)")
        return f"transform({key}, {statement.texts(self.keys)}, {numbers}, toUInt32({count}))"

    def number_of(self, value: Any, kind: Any) -> int:
        """The number of the group that a cell names; raises BadQuestion when it is none of them."""
        if not isinstance(value, list | tuple) or not isinstance(kind, str):
            raise BadQuestion(f"cell.group: a group is a list of texts, got {value!r:.80}.")
        for number in range(len(self)):
            group = self.group(number)
            if (group.kind == "other") == (kind == "other") and (kind == "other" or group.value == tuple(value)):
                return number
        raise BadQuestion(f"cell.group: there is no group {list(value)!r:.200}. Take one from the answer.")


def key_of(statement: Statement, settled: Settled[Any], breakdown: Breakdown, *, edges: Sequence[float] = ()) -> str:
    """The key of an event's group, a String. Scopes profile and session need their columns (see `seen`).

    `edges` are the bounds of the ranges when the breakdown has `bins` (see `bin_edges`).
    """
    values = _values(statement, settled, breakdown)
    if breakdown.bins is not None:
        return _range_key(statement, values[0].number, edges)
    texts = [f"ifNull({value.text}, '')" for value in values]
    return texts[0] if len(texts) == 1 else f"toJSONString([{', '.join(texts)}])"


def number_of(statement: Statement, settled: Settled[Any], breakdown: Breakdown) -> str:
    """The number that `bins` are made of, Nullable(Float64)."""
    return _values(statement, settled, breakdown)[0].number


def _values(statement: Statement, settled: Settled[Any], breakdown: Breakdown) -> list[Value]:
    """The properties of a breakdown."""
    make = {
        "event": event_value,
        "profile": trait_value,
        "session": session_value,
        "tag": tagged_value,
        "segment": tagged_value,
    }[breakdown.scope]
    return [make(statement, name, zone=settled.calendar.zone.key) for name in breakdown.names()]


def bin_edges(least: float | None, greatest: float | None, bins: int) -> tuple[float, ...]:
    """The bounds of n ranges of equal width between two numbers; of none when there are no numbers."""
    if least is None or greatest is None:
        return ()
    if least == greatest:
        return (least, greatest)
    edges = (*(least + (greatest - least) * step / bins for step in range(bins)), greatest)
    if not all(math.isfinite(edge) for edge in edges):
        raise BadQuestion(f"bins: {least:g} and {greatest:g} are too far apart for {bins} ranges of equal width.")
    return edges


def ranking(statement: Statement, source: str, breakdown: Breakdown, *, size: str) -> str:
    """A SELECT of the largest keys and one more, from a step with a column `group_key`."""
    order = "group_key = '', group_key"
    if len(breakdown.names()) > 1:
        order = "arrayMap(part -> (part = '', part), JSONExtract(group_key, 'Array(String)'))"
    limit = statement.integer(breakdown.limit + 1)
    return (
        f"SELECT group_key, {size} AS size FROM {source} GROUP BY group_key ORDER BY size DESC, {order} LIMIT {limit}"
    )


def rank(sizes: dict[str, float], breakdown: Breakdown) -> Groups:
    """The groups of these keys by size, then by value, part by part, null last."""
    ordered = sorted(sizes, key=lambda key: (-sizes[key], _sortable(key, len(breakdown.names()))))
    limit = breakdown.limit
    return Groups(tuple(ordered[:limit]), len(breakdown.names()), len(ordered) > limit)


def rank_table(table: pa.Table, breakdown: Breakdown) -> Groups:
    """The groups of a table with the columns `group_key` and `size`."""
    return rank(dict(zip(table["group_key"].to_pylist(), table["size"].to_pylist(), strict=True)), breakdown)


def _sortable(key: str, parts: int) -> tuple[tuple[bool, str], ...]:
    return tuple((part is None, part or "") for part in _value_of(key, parts)[0])


def _value_of(key: str, parts: int) -> tuple[tuple[str | None, ...], GroupKind]:
    texts = [key] if parts == 1 else json.loads(key)
    value = tuple(text or None for text in texts)
    return value, "value" if any(part is not None for part in value) else "null"


def _range_key(statement: Statement, number: str, edges: Sequence[float]) -> str:
    if not edges:
        return "''"
    labels = range_labels(edges)
    bounds = statement.bind(list(edges[: len(labels)]), "Array(Float64)")
    # The last range is closed, and the greatest number lies in it by arithmetic, not by luck of rounding.
    place = f"least(arrayCount(bound -> bound <= {number}, {bounds}), {len(labels)})"
    return f"if(isNull({number}), '', {statement.texts(labels)}[{place}])"


def range_labels(edges: Sequence[float]) -> list[str]:
    """The ranges as texts.

    >>> range_labels((0.0, 10.0, 20.0)), range_labels((5.0, 5.0))
    (['[0, 10)', '[10, 20]'], ['[5, 5]'])
    """
    bounds = [text_of(edge) for edge in edges]
    last = len(bounds) - 2
    return [f"[{bounds[at]}, {bounds[at + 1]}{']' if at == last else ')'}" for at in range(last + 1)]
