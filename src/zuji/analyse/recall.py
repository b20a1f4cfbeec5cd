"""Answers given again while nothing they depend on can have changed.

An answer depends on the events within its reach (see `Kind.reach`), on who is who, and on `now` only while its reach
is not over. So the answer to a question about the past stays right until an event arrives late, somebody is merged or
split, a trait changes that it looks at, or something is erased; each of these is seen by `store.tide` before the
change can be read.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import msgspec

from zuji.analyse.kind import Answer, Kind
from zuji.analyse.question import PropertyRef
from zuji.analyse.settled import OF_TAGS, Settled, wheres
from zuji.store.tide import Tide
from zuji.terms.dates import Span
from zuji.terms.document import document_of

MOST_ANSWERS = 500
MOST_BYTES = 64 * 1024 * 1024
LARGEST_SHARE = 8
"""An answer of more than an eighth of the room is not kept."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer, and what it was made from."""

    answer: bytes
    mark: int
    reach: Span
    looks_at_traits: bool


class Recall:
    """The answers of this process that may be given again. Any thread may call."""

    def __init__(self, tide: Tide) -> None:
        self._tide = tide
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, Remembered] = OrderedDict()
        self._bytes = 0

    def mark(self) -> int:
        """This moment; taken before the question reads anything."""
        return self._tide.mark()

    def find(self, kind: Kind[Any], settled: Settled[Any]) -> Answer | None:
        """The answer given before, if it still is the answer."""
        key = key_of(kind, settled)
        if key is None:
            return None
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
        if not self._still_right(settled.workspace, found):
            self._drop(key)
            return None
        answer: Answer = msgspec.msgpack.decode(found.answer)
        return answer

    def keep(self, kind: Kind[Any], settled: Settled[Any], answer: Answer, mark: int) -> None:
        """Remember an answer that was made from what was there at the mark or later."""
        key, reach = key_of(kind, settled), reach_of(kind, settled)
        if key is None or reach is None:
            return
        body = msgspec.msgpack.encode(answer)
        if len(body) > MOST_BYTES // LARGEST_SHARE:
            return
        self._drop(key)
        with self._lock:
            self._kept[key] = Remembered(body, mark, reach, looks_at_traits(settled))
            self._bytes += len(body)
            while len(self._kept) > MOST_ANSWERS or self._bytes > MOST_BYTES:
                self._bytes -= len(self._kept.popitem(last=False)[1].answer)

    def _still_right(self, workspace: str, found: Remembered) -> bool:
        earliest = self._tide.earliest_since(workspace, found.mark)
        if earliest is not None and earliest < found.reach.to_ms:
            return False
        return not (found.looks_at_traits and self._tide.traits_since(workspace, found.mark))

    def _drop(self, key: bytes) -> None:
        with self._lock:
            found = self._kept.pop(key, None)
            self._bytes -= 0 if found is None else len(found.answer)


def key_of(kind: Kind[Any], settled: Settled[Any]) -> bytes | None:
    """What makes two questions the same; None for those that `now` still changes."""
    reach = reach_of(kind, settled)
    if reach is None or reach.to_ms > settled.now_ms or _asks_for_now(settled):
        return None
    document = document_of(settled.question) | {"now": None}
    return msgspec.msgpack.encode((settled.workspace, kind.name, settled.whose.version, document))


def reach_of(kind: Kind[Any], settled: Settled[Any]) -> Span | None:
    """The time whose events an answer depends on; None when that has no end."""
    if settled.question.count_by == "session" or "session" in _scopes(settled):
        return None
    return kind.reach(settled)


def looks_at_traits(settled: Settled[Any]) -> bool:
    """Whether the answer depends on what is known about people."""
    by = settled.question.count_by
    return bool(_scopes(settled) & {"profile", *OF_TAGS}) or (isinstance(by, PropertyRef) and by.scope == "profile")


def _scopes(settled: Settled[Any]) -> set[str]:
    """The scopes of all conditions, and of the breakdown."""
    breakdown = getattr(settled.question, "breakdown", None)
    scopes: set[str] = {leaf.scope for where in wheres(settled.question) for leaf in where.leaves()}
    return scopes if breakdown is None else scopes | {breakdown.scope}


def _asks_for_now(settled: Settled[Any]) -> bool:
    """Whether a condition counts from `now`. A date that does not begin with its year does: -7d, today, mStart."""
    leaves = [leaf for where in wheres(settled.question) for leaf in where.leaves()]
    return any(
        leaf.op == "within_last" or (leaf.op in ("before", "after") and not str(leaf.value)[:1].isdigit())
        for leaf in leaves
    )
