"""A Bloom filter over 128-bit hashes: says "certainly not" or "perhaps", two bytes an id, whole batches at a time.

The ids are hashes already, so their own bits serve: the upper word picks a cell of 128 bits, the lower word the bits
to set in it. One look-up touches one cache line. The cell grows with the upper word, so ids in order are written to
the filter in order as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]

IDS_PER_CELL = 8  # 128 bits / 8 ids = 16 bits an id; measured 0.21 % false alarms (tests/store/test_seen_bloom.py)
_SHIFTS = ((0, 6, 12, 18), (24, 30, 36, 42))  # four bits in each half of the cell, six bits of the hash for each
_SIX_BITS = np.uint64(63)
_ONE = np.uint64(1)
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Probe:
    """What a filter needs of a batch of ids, worked out once for all filters: where to look and for which bits."""

    place: Words
    marks: Words

    @classmethod
    def of(cls, hashes: Words) -> Probe:
        """Of n × 2 words."""
        lower = hashes[:, 1]
        marks = np.zeros(hashes.shape, dtype=np.uint64)
        for half, shifts in enumerate(_SHIFTS):
            for shift in shifts:
                marks[:, half] |= _ONE << ((lower >> np.uint64(shift)) & _SIX_BITS)
        return cls(hashes[:, 0] >> _HALF, marks)


class Bloom:
    """A filter over memory that somebody else may own, such as a mapped file."""

    def __init__(self, cells: Words) -> None:
        self._cells = cells
        self._count = np.uint64(len(cells))

    @classmethod
    def roomy_for(cls, ids: int) -> Bloom:
        """An empty filter in memory. More ids than that make false alarms more frequent, never an id forgotten."""
        return cls(np.zeros((cells_for(ids), 2), dtype=np.uint64))

    def add(self, hashes: Words) -> None:
        """Take in ids (n × 2 words)."""
        probe = Probe.of(hashes)
        where = self._where(probe)
        order = np.argsort(where, kind="stable")
        where, marks = where[order], probe.marks[order]
        starts = np.flatnonzero(np.diff(where, prepend=np.uint64(2**64 - 1)))
        if len(starts):
            self._cells[where[starts]] |= np.bitwise_or.reduceat(marks, starts, axis=0)

    def perhaps(self, probe: Probe) -> Mask:
        """True where the id may be in; False where it certainly is not."""
        cells = self._cells[self._where(probe)]
        cells &= probe.marks
        cells ^= probe.marks
        missing: Mask = (cells[:, 0] | cells[:, 1]) != 0
        return ~missing

    def _where(self, probe: Probe) -> Words:
        return (probe.place * self._count) >> _HALF


def cells_for(ids: int) -> int:
    """How many cells of 16 bytes a filter for so many ids has."""
    return max(1, -(-ids // IDS_PER_CELL))
