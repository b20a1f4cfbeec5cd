"""Which occurrence of its content a row is: the first, the second, ... in bounded memory, for files of any length.

A file without a key may hold the same row twice and mean it: two coffees at one till in one minute. So the content
alone is no id, but the n-th occurrence of a content is, in this file and in a longer one that begins like it.

Hashes of 64 bits are kept, the older ones as sorted files. Should two contents share one (in a hundred million rows
that happens with a chance of 1 in 3,700), the second is counted as a repeat, which is as good an id as any.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
IN_MEMORY = 4_000_000
"""32 MB."""


class Occurrences:
    """Counts while a file goes by. `close` removes what it wrote."""

    def __init__(self, *, in_memory: int = IN_MEMORY) -> None:
        self._most = in_memory
        self._young: list[Hashes] = []
        self._young_rows = 0
        self._files: list[Hashes] = []
        self._repeats: dict[int, int] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def next(self, hashes: Hashes) -> npt.NDArray[np.int64]:
        """For each row how often its content came before.

        >>> seen = Occurrences()
        >>> seen.next(np.array([7, 8, 7], dtype=np.uint64)).tolist(), seen.next(np.array([7], dtype=np.uint64)).tolist()
        ([0, 0, 1], [2])
        """
        distinct, inverse, counts = np.unique(hashes, return_inverse=True, return_counts=True)
        known = self._known(distinct)
        numbers = np.zeros(len(hashes), dtype=np.int64)
        repeated = known | (counts > 1)
        if repeated.any():
            self._number_repeats(numbers, hashes, inverse, distinct, repeated, known)
        self._remember(distinct[~known])
        return numbers

    def close(self) -> None:
        """Let go of the files."""
        self._files.clear()
        if self._folder is not None:
            self._folder.cleanup()

    def _number_repeats(
        self,
        numbers: npt.NDArray[np.int64],
        hashes: Hashes,
        inverse: npt.NDArray[np.intp],
        distinct: Hashes,
        repeated: npt.NDArray[np.bool_],
        known: npt.NDArray[np.bool_],
    ) -> None:
        before = {
            int(distinct[place]): self._repeats.get(int(distinct[place]), 1 if known[place] else 0)
            for place in np.flatnonzero(repeated)
        }
        for row in np.flatnonzero(repeated[inverse]).tolist():
            content = int(hashes[row])
            numbers[row] = before[content]
            before[content] += 1
        self._repeats.update((content, count) for content, count in before.items() if count > 1)

    def _known(self, wanted: Hashes) -> npt.NDArray[np.bool_]:
        found = np.zeros(len(wanted), dtype=np.bool_)
        for run in (*self._young, *self._files):
            places = np.minimum(np.searchsorted(run, wanted), len(run) - 1)
            found |= run[places] == wanted
        return found

    def _remember(self, fresh: Hashes) -> None:
        """Sorted runs that double in size, so that there are never many."""
        if not len(fresh):
            return
        self._young_rows += len(fresh)
        while self._young and len(self._young[-1]) <= 2 * len(fresh):
            fresh = np.sort(np.concatenate([self._young.pop(), fresh]), kind="stable")
        self._young.append(fresh)
        if self._young_rows >= self._most:
            self._files.append(self._written(np.sort(np.concatenate(self._young))))
            self._young, self._young_rows = [], 0

    def _written(self, run: Hashes) -> Hashes:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="zuji-import-")
        path = Path(self._folder.name) / f"{len(self._files)}.npy"
        np.save(path, run)
        mapped: Hashes = np.load(path, mmap_mode="r")
        return mapped
