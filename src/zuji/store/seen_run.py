"""One file of ids that were seen: sorted, immutable, with its Bloom filter in front.

Layout, all numbers little-endian: the filter's cells; the first upper word of every block of 256 ids (the fences);
zeros up to a multiple of 4,096; the ids, 16 bytes each, in the order of their upper words. The number of ids gives all
the places. The filter and the fences are mapped; of the ids only the block asked for is read, so that a hundred
million of them cost no memory.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zuji.store.bloom import Bloom, Mask, Probe, Words, cells_for
from zuji.terms.error import ZujiError

BLOCK_IDS = 256
_ID_BYTES = 16
_BLOCK_BYTES = BLOCK_IDS * _ID_BYTES
_SLICE_IDS = 500_000  # a merge holds about 40 MB at a time


class SeenFileDamaged(ZujiError):
    """A file of seen ids is missing or has the wrong size: duplicates could slip through."""

    code = "seen_file_damaged"


class SeenRun:
    """An open file of sorted ids."""

    def __init__(self, path: Path, ids: int) -> None:
        self.path = path
        self.ids = ids
        _check(path, ids)
        self._file = os.open(path, os.O_RDONLY)
        self._places = _Places(ids)
        head = mmap.mmap(self._file, self._places.ids_at, prot=mmap.PROT_READ)
        head.madvise(mmap.MADV_WILLNEED)  # read ahead in the background: the first batches will touch all of it
        self._bloom = Bloom(self._places.cells(head))
        self._fences = self._places.fences(head)

    def holds(self, hashes: Words, probe: Probe) -> Mask:
        """Which of these ids are in the file: asks the filter, then reads one block for each that may be."""
        found = self._bloom.perhaps(probe)
        for index in np.flatnonzero(found):
            found[index] = self._reads(hashes[index])
        return found

    def between(self, low: int, high: int) -> Words:
        """The ids whose upper word is at least `low` and less than `high`, in order."""
        first = max(int(np.searchsorted(self._fences, np.uint64(low), side="left")) - 1, 0)
        last = int(np.searchsorted(self._fences, np.uint64(high - 1), side="right"))
        ids = self._blocks(first, last)
        start = np.searchsorted(ids[:, 0], np.uint64(low), side="left")
        end = np.searchsorted(ids[:, 0], np.uint64(high - 1), side="right")
        return ids[start:end]

    def close(self) -> None:
        """Let go of the file. The mapped head goes with the last reference to this object."""
        os.close(self._file)

    def _reads(self, wanted: Words) -> bool:
        upper = wanted[0]
        # ids with the same upper word may begin at the end of the block before the fence that equals it
        first = max(int(np.searchsorted(self._fences, upper, side="left")) - 1, 0)
        last = int(np.searchsorted(self._fences, upper, side="right"))
        data = self._bytes(first, last)
        key = wanted.tobytes()
        at = data.find(key)
        while at >= 0 and at % _ID_BYTES:
            at = data.find(key, at + 1)
        return at >= 0

    def _blocks(self, first: int, last: int) -> Words:
        return np.frombuffer(self._bytes(first, last), dtype=np.uint64).reshape(-1, 2)

    def _bytes(self, first: int, last: int) -> bytes:
        wanted = min(last * BLOCK_IDS, self.ids) - first * BLOCK_IDS
        if wanted <= 0:
            return b""
        data = os.pread(self._file, wanted * _ID_BYTES, self._places.ids_at + first * _BLOCK_BYTES)
        if len(data) != wanted * _ID_BYTES:
            raise SeenFileDamaged(f"{self.path} ends early. Restore it from a backup.")
        return data


def write_run(path: Path, parts: Iterator[Words], ids: int) -> None:
    """Write a file from parts that come in order and hold `ids` ids together. It is there whole or not at all."""
    places = _Places(ids)
    draft = path.with_suffix(".part")
    file = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.posix_fallocate(file, 0, places.end)  # a full disk must raise here: in a mapped page it would kill us
        mapped = mmap.mmap(file, places.end)
        _fill(places, mapped, parts)
        mapped.flush()
        os.fsync(file)
    finally:
        os.close(file)
    os.replace(draft, path)
    sync_folder(path.parent)


def merged(runs: Sequence[SeenRun]) -> Iterator[Words]:
    """All ids of several files in order, a slice of the value range at a time."""
    slices = max(1, sum(run.ids for run in runs) // _SLICE_IDS)
    bounds = [2**64 * number // slices for number in range(slices + 1)]
    for low, high in pairwise(bounds):
        yield in_order(np.concatenate([run.between(low, high) for run in runs]))


def in_order(hashes: Words) -> Words:
    """Sorted by the upper word. The stable sort merges parts that are sorted already in one pass."""
    return hashes[np.argsort(hashes[:, 0], kind="stable")]


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder durable."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


class _Places:
    """Where things stand in a file of so many ids."""

    def __init__(self, ids: int) -> None:
        self.ids = ids
        self.cell_count = cells_for(ids)
        self.fence_count = -(-ids // BLOCK_IDS)
        self.fences_at = self.cell_count * 16
        self.ids_at = -(-(self.fences_at + self.fence_count * 8) // 4096) * 4096
        self.end = self.ids_at + ids * _ID_BYTES

    def cells(self, mapped: mmap.mmap) -> Words:
        return _view(mapped, 0, self.cell_count * 2).reshape(-1, 2)

    def fences(self, mapped: mmap.mmap) -> Words:
        return _view(mapped, self.fences_at, self.fence_count)

    def all_ids(self, mapped: mmap.mmap) -> Words:
        return _view(mapped, self.ids_at, self.ids * 2).reshape(-1, 2)


def _view(mapped: mmap.mmap, offset: int, words: int) -> npt.NDArray[np.uint64]:
    return np.frombuffer(mapped, dtype=np.uint64, count=words, offset=offset)


def _fill(places: _Places, mapped: mmap.mmap, parts: Iterator[Words]) -> None:
    bloom, ids = Bloom(places.cells(mapped)), places.all_ids(mapped)
    done = 0
    for part in parts:
        ids[done : done + len(part)] = part
        bloom.add(part)
        done += len(part)
    if done != places.ids:
        raise SeenFileDamaged(f"a file for {places.ids} ids was given {done} of them; nothing was replaced.")
    places.fences(mapped)[:] = ids[::BLOCK_IDS, 0]


def _check(path: Path, ids: int) -> None:
    size = path.stat().st_size if path.exists() else -1
    if size != _Places(ids).end:
        raise SeenFileDamaged(
            f"{path} should hold {ids} ids in {_Places(ids).end} bytes, but has {size} (-1: missing)."
            " Without it duplicates could pass: restore the folder from a backup."
        )
