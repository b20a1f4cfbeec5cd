"""Which identifiers brought events that were stored since a moment: whose figures may be others now.

There is one writer, this process, so it knows; nothing is asked of the disk. A workspace is watched from the first time
that somebody asks for a mark of it, and only the newest anchors are kept: who asks since a mark that lies further back
hears that it is not known any more.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Anchors = npt.NDArray[np.uint64]
MOST = 1_000_000
"""Numbers kept of a workspace, 8 bytes each. With more than that somebody who wants to know asks for everybody."""
PIECE = 16
"""What an insert takes beside its anchors, in such numbers: where events come one by one, that is most of it."""


@dataclass(slots=True)
class _Watched:
    """What came to one workspace, piece by piece, each with the number of its arrival; `lost`: the newest not kept."""

    lost: int
    pieces: list[tuple[int, Anchors]] = field(default_factory=list)
    held: int = 0


class Arrivals:
    """Any thread may call.

    >>> arrivals = Arrivals()
    >>> mark = arrivals.mark("shop")
    >>> arrivals.came(pa.table({"workspace": ["shop", "shop", "other"], "anchor": pa.array([7, 7, 8], pa.uint64())}))
    >>> arrivals.since("shop", mark)
    array([7], dtype=uint64)
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0
        self._watched: dict[str, _Watched] = {}

    def mark(self, workspace: str) -> int:
        """This moment; taken before reading. From now on the workspace is watched."""
        with self._lock:
            self._watched.setdefault(workspace, _Watched(lost=self._number))
            return self._number

    def came(self, events: pa.Table) -> None:
        """These events were, or may have been, stored."""
        with self._lock:
            watched = [*self._watched]
        for workspace in watched:
            mine = events["anchor"].filter(pc.equal(events["workspace"], workspace))
            if len(mine):
                self._keep(workspace, np.unique(mine.to_numpy()))

    def since(self, workspace: str, mark: int) -> Anchors | None:
        """Whose events came since the mark, ascending; None when that is not known any more."""
        with self._lock:
            watched = self._watched.get(workspace)
            if watched is None or mark < watched.lost:
                return None
            pieces = [anchors for number, anchors in watched.pieces if number > mark]
        return np.unique(np.concatenate(pieces)) if pieces else np.zeros(0, dtype=np.uint64)

    def _keep(self, workspace: str, anchors: Anchors) -> None:
        with self._lock:
            watched = self._watched[workspace]
            self._number += 1
            watched.pieces.append((self._number, anchors))
            watched.held += anchors.size + PIECE
            while watched.held > MOST:
                watched.lost, dropped = watched.pieces.pop(0)
                watched.held -= dropped.size + PIECE
