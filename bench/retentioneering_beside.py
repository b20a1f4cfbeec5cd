"""What retentioneering takes for a funnel and for paths over the same events: it needs an environment of its own.

    pip install retentioneering pyarrow                    (in a virtual environment of its own)
    python bench/retentioneering_beside.py FILE [--events N]

FILE is the Parquet that `bench/beside.py tools` writes: the person stands beside each event. Its funnel knows no
window, no times and no groups, its steps no sessions and no start but the first event; so its figures are not ours, and
only the time is worth a look. The events lie in memory as a data frame before the clock of a question begins.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STEPS = ["view", "add_to_cart", "checkout", "purchase"]


def told(what: str, run: Callable[[], Any]) -> Any:
    """Run it, and print what it took."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    found = run()
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"| {what} | {wall * 1000:,.0f} ms | {cpu:.2f} s | {after.ru_maxrss / 1024:,.0f} MB |", flush=True)
    return found


def main() -> None:
    """Load the events, ask a funnel, ask the steps of all paths."""
    import pandas as pd
    from retentioneering import Eventstream

    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("file", type=Path)
    reader.add_argument("--events", type=int, default=20_000_000)
    given = reader.parse_args()
    frame = pd.read_parquet(given.file, columns=["person", "shown_at", "event"]).head(given.events)
    frame["shown_at"] = pd.to_datetime(frame["shown_at"], unit="ms")
    print(f"{len(frame):,} events\n\n| question | wall | processor time | peak memory |\n|---|---|---|---|")
    schema = {"path_cols": ["person"], "event_col": "event", "timestamp_col": "shown_at"}
    stream = told("reading them in", lambda: Eventstream(frame, schema=schema))
    told("funnel of 4 steps", lambda: stream.funnel_data(steps=STEPS))
    told("steps of all paths, 5 of them", lambda: stream.step_sankey_data(max_steps=5))


if __name__ == "__main__":
    main()
