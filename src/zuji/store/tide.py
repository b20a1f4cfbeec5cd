"""What has changed in the event store since a moment: how far back in time new or erased events reach.

Answers may be given again as long as nothing they depend on has changed. There is one writer, this process, so it
knows every change; nothing is asked of the disk.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

EVER = -(2**63)


class Tide:
    """Counts changes. Any thread may call.

    >>> tide = Tide()
    >>> mark = tide.mark()
    >>> tide.rose("shop", 500); tide.rose("shop", 700)
    >>> tide.earliest_since("shop", mark), tide.earliest_since("other", mark)
    (500, None)
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._lost = 0
        """The last change after which nobody knows whose events are gone."""
        self._traits: dict[str, int] = defaultdict(int)
        self._newest: dict[str, tuple[int, int]] = {}
        self._changes: dict[str, list[tuple[int, int]]] = defaultdict(list)
        """By workspace: (change, earliest time it touched). What a later change reaches beyond is dropped, so times
        ascend as well, and a year of live events leaves a handful."""

    def mark(self) -> int:
        """This moment; taken before reading."""
        with self._lock:
            return self._count

    def rose(self, workspace: str, earliest_ms: int) -> None:
        """Events of this workspace came or went, none of them before this time."""
        with self._lock:
            self._count += 1
            changes = self._changes[workspace]
            while changes and changes[-1][1] >= earliest_ms:
                changes.pop()
            changes.append((self._count, earliest_ms))

    def events_came(self, events: pa.Table) -> None:
        """These events were, or may have been, stored."""
        if not events.num_rows:
            return
        columns = {
            "workspace": events["workspace"],
            "ms": pc.cast(events["occurred_at"], pa.int64()),
            "position": events["position"],
        }
        found = pa.table(columns).group_by("workspace").aggregate([("ms", "min"), ("ms", "max"), ("position", "max")])
        for row in found.to_pylist():
            with self._lock:
                newest, position = self._newest.get(row["workspace"], (EVER, 0))
                self._newest[row["workspace"]] = max(newest, row["ms_max"]), max(position, row["position_max"])
            self.rose(row["workspace"], row["ms_min"])

    def events_lost(self) -> None:
        """Events are gone, and nobody knows which."""
        with self._lock:
            self._count += 1
            self._lost = self._count

    def newest(self, workspace: str) -> tuple[int, int]:
        """(time, position) of the newest events that came in this process's life; (EVER, 0) when none did."""
        with self._lock:
            return self._newest.get(workspace, (EVER, 0))

    def traits_changed(self, workspaces: Iterable[str]) -> None:
        """What is known about people of these workspaces changed."""
        with self._lock:
            self._count += 1
            for workspace in workspaces:
                self._traits[workspace] = self._count

    def earliest_since(self, workspace: str, mark: int) -> int | None:
        """The earliest time that a change since the mark touched, EVER for any; None when there was none."""
        with self._lock:
            if self._lost > mark:
                return EVER
            changes = self._changes[workspace]
            place = bisect_right(changes, mark, key=lambda change: change[0])
            return changes[place][1] if place < len(changes) else None

    def traits_since(self, workspace: str, mark: int) -> bool:
        """Whether anything known about people changed since the mark."""
        with self._lock:
            return self._traits[workspace] > mark
