"""How long it takes to find what 20 segments of a million people have in common: every pair, all, any, only one.

    python bench/overlap.py [--segments 20] [--people 1000000] [--among 4000000] [--rounds 5]

The segments are rows of bits already, as `tag/live_segments.py` keeps them. Beside it the yardstick, whose counts are
asserted equal: Python sets, one of them with each of the others (a tenth of all pairs). Bar: 300 ms.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from zuji.tag.overlap import PeopleSet, overlap

T = TypeVar("T")


def fastest(what: str, rounds: int, do: Callable[[], T]) -> T:
    """What it gives; prints the shortest of the times that it took."""
    times = []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        found = do()
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = min(times)
    print(f"{what}: {wall * 1000:.0f} ms, {cpu * 1000:.0f} ms of processor time", flush=True)
    return found


def main() -> None:
    """Make the segments, overlap them, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segments", type=int, default=20)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--among", type=int, default=4_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    random = np.random.default_rng(1)
    chosen = [random.permutation(wanted.among)[: wanted.people].astype(np.uint64) for _ in range(wanted.segments)]
    rows = [PeopleSet(one) for one in chosen]
    found = fastest(f"overlap of {wanted.segments} segments", wanted.rounds, lambda: overlap(rows))
    fastest("one segment made a row of bits", wanted.rounds, lambda: PeopleSet(chosen[0]))
    sets = [set(one.tolist()) for one in chosen]
    counted = fastest("yardstick: one as a set with each other", 1, lambda: [len(sets[0] & other) for other in sets])
    assert counted == list(found.together[0])


if __name__ == "__main__":
    main()
