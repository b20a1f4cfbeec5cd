"""Every kind of question beside the best query we could write by hand: the same people, the same answer, ratios.

    python bench/questions.py FOLDER [--events 20000000] [--rounds 3] [kind ...]

The yardsticks are plain ClickHouse SQL over the same table, with the person of each event taken from the same
dictionary, so that merges count alike. What they find is asserted to be what the question answers. Times alternate,
question and yardstick, after one warm run of each; the median of the rounds is shown. A yardstick that finds less than
the question (windowFunnel knows no times) is marked in the table; it makes the ratio harder, never easier.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyse_data import DAY_MS, FIRST_MS, WORKSPACE, Shop, opened
from figure_yardsticks import FIGURES
from journey_yardsticks import JOURNEYS
from question_yardsticks import YARDSTICKS, Yardstick

from zuji.analyse.ask import Asker, Asking
from zuji.store.events import EventStore
from zuji.store.query import Query

NOW_MS = FIRST_MS + 59 * DAY_MS + DAY_MS // 2
"""Within the last day of the ranges: the answer to a range that is over would be given again, not asked again."""
ASKING = Asking(WORKSPACE, "Asia/Shanghai")


@dataclass(frozen=True)
class Taken:
    """What a run took."""

    wall_s: float
    cpu_s: float


def taken(run: Callable[[], Any]) -> tuple[Any, Taken]:
    """What a run gives, and what it took: wall clock, and processor time of all threads."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    found = run()
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    return found, Taken(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def compare(store: EventStore, asker: Asker, one: Yardstick, rounds: int) -> str:
    """One line of the table."""
    whose = store.person_of_event()
    query = Query(one.sql.replace("{person}", whose.sql), {"workspace": WORKSPACE, **whose.params})

    def ours() -> dict[str, Any]:
        return asker.ask(one.kind, one.question, ASKING).answer

    def theirs() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = store.query(query).to_pylist()
        return rows

    one.check(ours(), theirs())
    asked, written = [], []
    for _ in range(rounds):
        asked.append(taken(ours)[1])
        written.append(taken(theirs)[1])
    wall = statistics.median(one.wall_s for one in asked), statistics.median(one.wall_s for one in written)
    cpu = statistics.median(one.cpu_s for one in asked), statistics.median(one.cpu_s for one in written)
    return (
        f"| {one.name} | {wall[0] * 1000:,.0f} ms | {wall[1] * 1000:,.0f} ms | {wall[0] / wall[1]:.2f} "
        f"| {cpu[0]:.2f} / {cpu[1]:.2f} s = {cpu[0] / cpu[1]:.2f} | {one.remark} |"
    )


def main() -> None:
    """Compare them all, or those named."""
    reader = argparse.ArgumentParser()
    reader.add_argument("folder", type=Path)
    reader.add_argument("kinds", nargs="*")
    reader.add_argument("--events", type=int, default=20_000_000)
    reader.add_argument("--rounds", type=int, default=3)
    given = reader.parse_args()
    store = opened(given.folder, Shop(given.events))
    asker = Asker(store, now_ms=lambda: NOW_MS)
    print("| question | asked | by hand | ratio | processor time | remark |\n|---|---|---|---|---|---|")
    for one in (*YARDSTICKS, *FIGURES, *JOURNEYS):
        if not given.kinds or one.kind in given.kinds:
            print(compare(store, asker, one, given.rounds), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory of the process: {peak:,.0f} MB")
    store.close()


if __name__ == "__main__":
    main()
