"""How fast are seen ids, and what do they cost? Fills an index with random ids in batches, then asks.

    python bench/seen.py --ids 20000000

Prints µs an id for known, remember + commit + settle, memory an id beside the hot state's page cache, and the time to
open. Yardstick in the same run: a plain Python set of 16-byte values, over a million of them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from zuji.store.hot import HotStore
from zuji.store.seen import SeenIds

BATCH = 2_000


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ids", type=int, default=20_000_000)
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        measure(Path(folder), options.ids)
    yardstick()


def measure(folder: Path, count: int) -> None:
    """Fill, ask, reopen."""
    hot = HotStore(folder / "hot.sqlite")
    before = resident_mb()
    seen = SeenIds(folder / "seen", hot)
    random = np.random.default_rng(1)
    asking = writing = 0.0
    for _ in range(count // BATCH):
        ids = random.integers(0, 2**64, size=(BATCH, 2), dtype=np.uint64)
        start = time.perf_counter()
        if seen.known(ids).any():
            sys.exit("a stranger was called known")
        between = time.perf_counter()
        with hot.write() as connection:
            seen.remember(connection, ids)
        seen.settle()
        asking += between - start
        writing += time.perf_counter() - between
    seen.close()
    hot.close()
    print(f"{count:,} ids: known {asking / count * 1e6:.3f} µs an id, remember + commit {writing / count * 1e6:.3f} µs")
    reopen(folder, count, before)


def reopen(folder: Path, count: int, before: float) -> None:
    """Open a filled index, ask for strangers and for the first ids of all."""
    hot = HotStore(folder / "hot.sqlite")
    start = time.perf_counter()
    seen = SeenIds(folder / "seen", hot)
    opening = time.perf_counter() - start
    strangers = np.random.default_rng(2).integers(0, 2**64, size=(100, BATCH, 2), dtype=np.uint64)
    start = time.perf_counter()
    for ids in strangers:
        seen.known(ids)
    new = (time.perf_counter() - start) / (100 * BATCH) * 1e6
    random = np.random.default_rng(1)
    repeats = [random.integers(0, 2**64, size=(BATCH, 2), dtype=np.uint64) for _ in range(20)]
    start = time.perf_counter()
    if not all(seen.known(ids).all() for ids in repeats):
        sys.exit("a stored id was forgotten")
    old = (time.perf_counter() - start) / (20 * BATCH) * 1e6
    held = (resident_mb() - before) * 1e6 / count
    print(f"opened in {opening:.3f} s; a new id {new:.3f} µs, a repeat {old:.2f} µs; {held:.2f} bytes an id resident")
    seen.close()
    hot.close()


def yardstick() -> None:
    """A plain set of as many bytes."""
    keys = [bytes(row) for row in np.random.default_rng(3).integers(0, 2**64, size=(1_000_000, 2), dtype=np.uint64)]
    known = set(keys[:500_000])
    start = time.perf_counter()
    hits = sum(key in known for key in keys)
    print(
        f"a Python set: {(time.perf_counter() - start) / len(keys) * 1e6:.3f} µs an id, about 80 bytes an id ({hits})"
    )


def resident_mb() -> float:
    """Memory of this process by the kernel's count."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1000
    return 0.0


if __name__ == "__main__":
    main()
