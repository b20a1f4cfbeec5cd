"""The SQL of answers that are given again: an answer that was remembered ran none, but shows what it was made by."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import Request

MOST_KEPT = 500
"""As many as answers are remembered (`analyse.recall`)."""


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """A statement with its bound values, long ones cut; not masked yet."""

    sql: str
    values: dict[str, Any]


class KeptSql:
    """What was run for each question, the last time that anything was. Any thread may call."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, Sequence[ShownStatement]] = OrderedDict()

    def of(
        self, workspace: str, kind: str, question: Mapping[str, Any], ran: Sequence[ShownStatement]
    ) -> Sequence[ShownStatement]:
        """The statements that ran, kept for the next time; when none did, those that were kept."""
        # `now` differs each time, and what depends on it is never given again.
        key = msgspec.msgpack.encode((workspace, kind, {**question, "now": None}))
        with self._lock:
            if not ran:
                return self._kept.get(key, ())
            self._kept[key] = ran
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return ran


def kept_sql_of(request: Request) -> KeptSql:
    """The one of this app."""
    kept: KeptSql = request.app.state.kept_sql
    return kept
