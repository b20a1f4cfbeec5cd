"""The same questions in DuckDB and pandas, on Parquet of the same events, beside what zuji answers; and how it grows.

    pip install duckdb pandas                                  (the bench alone needs them)
    python bench/beside.py tools FOLDER [--events 20000000]    trend, retention, stickiness, funnel in each tool
    python bench/beside.py growth FOLDER                       every kind at 5, 20 and 80 million events (FOLDER-5m ...)
    python bench/beside.py person FOLDER                       one person's last 100 events

The other tools know no merges, so they are given what merging costs us: the person stands beside each event in their
file already. Their results are asserted to be ours. Processor time is of all threads; both may use both cores.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from analyse_data import DAY_MS, FIRST_MS, WORKSPACE, Shop, opened, owners, tables
from figure_yardsticks import FIGURES
from journey_yardsticks import JOURNEYS
from pyarrow import parquet
from question_yardsticks import FUNNEL_STEPS, YARDSTICKS
from questions import ASKING, NOW_MS, Taken, taken

from zuji.analyse.ask import Asker
from zuji.store.event_queries import EventFilter, Owned, list_events

ZONE_MS = 8 * 3_600_000
"""Times in the file are shifted to Shanghai's clock, so that days and weeks are plain divisions for everybody."""
LAST_MS = FIRST_MS + 60 * DAY_MS
WEEK_MS = 7 * DAY_MS
STEPS = tuple(step["event"] for step in FUNNEL_STEPS)

Found = Any
Tool = Callable[[Path], Found]


def exported(folder: Path, shop: Shop) -> Path:
    """The events as Parquet: person, time (milliseconds, shown in Shanghai), name, device; robots left out."""
    file = folder.with_name(f"{folder.name}-{shop.events}.parquet")
    if file.exists():
        return file
    person_of = np.arange(shop.people + shop.merged + 1, dtype=np.uint64)
    for row in owners(shop):
        person_of[row.anchor] = row.person
    schema = pa.schema(
        [("person", pa.uint64()), ("shown_at", pa.int64()), ("event", pa.string()), ("device", pa.string())]
    )
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for table in tables(shop):
            at = table["occurred_at"].cast(pa.int64()).to_numpy() + ZONE_MS
            person = person_of[table["anchor"].to_numpy()]
            columns = [pa.array(person), pa.array(at), table["event"], table["device_type"]]
            seen = pa.array((table["flags"].to_numpy() & 258) == 0)
            writer.write_table(pa.table(columns, schema=schema).filter(seen))
    return file


VIEWS = f"event = 'view' AND shown_at >= {FIRST_MS} AND shown_at < {LAST_MS}"


def duck(sql: str) -> Tool:
    """A query of DuckDB over the file `events`; rows of the answer."""

    def run(file: Path) -> list[tuple[Any, ...]]:
        import duckdb

        with duckdb.connect() as connection:
            connection.execute("SET threads = 2")
            rows: list[tuple[Any, ...]] = connection.execute(sql, {"file": str(file)}).fetchall()
        return rows

    return run


def _views(file: Path, columns: Iterable[str]) -> Any:
    import pandas as pd

    frame = pd.read_parquet(file, columns=["person", "shown_at", "event", *columns])
    return frame[(frame["event"] == "view") & (frame["shown_at"] >= FIRST_MS)]


def pandas_trend(file: Path) -> list[tuple[Any, ...]]:
    """Daily people by device."""
    views = _views(file, ["device"])
    views = views[views["shown_at"] < LAST_MS]
    counted = views.groupby(["device", views["shown_at"] // DAY_MS], observed=True)["person"].nunique()
    return [(device, day, people) for (device, day), people in counted.items()]


def pandas_stickiness(file: Path) -> list[tuple[Any, ...]]:
    """People by number of days."""
    views = _views(file, [])
    views = views[views["shown_at"] < LAST_MS]
    days = (views["shown_at"] // DAY_MS).groupby(views["person"]).nunique()
    return list(days.value_counts().items())


def pandas_retention(file: Path) -> list[tuple[Any, ...]]:
    """Weekly: every week in which somebody was there begins a cohort of theirs."""
    import pandas as pd

    views = _views(file, [])
    active = pd.DataFrame({"person": views["person"], "week": (views["shown_at"] // DAY_MS + 3) // 7}).drop_duplicates()
    pairs = active.merge(active, on="person", suffixes=("", "_later"))
    pairs = pairs[pairs["week_later"] >= pairs["week"]]
    counted = pairs.groupby(["week", pairs["week_later"] - pairs["week"]]).size()
    return [(week, after, people) for (week, after), people in counted.items()]


TREND = f"""SELECT device, shown_at // {DAY_MS} AS day, count(DISTINCT person) FROM read_parquet($file)
WHERE {VIEWS} GROUP BY device, day"""
STICKINESS = f"""SELECT days, count(*) FROM (
    SELECT count(DISTINCT shown_at // {DAY_MS}) AS days FROM read_parquet($file) WHERE {VIEWS} GROUP BY person
) GROUP BY days"""
RETENTION = f"""WITH active AS (
    SELECT DISTINCT person, (shown_at // {DAY_MS} + 3) // 7 AS week FROM read_parquet($file)
    WHERE event = 'view' AND shown_at >= {FIRST_MS}
) SELECT one.week, other.week - one.week AS after, count(*)
FROM active AS one JOIN active AS other ON one.person = other.person AND other.week >= one.week GROUP BY ALL"""


def _reached(steps: int) -> str:
    """Of every event, the newest beginning of a way that reaches its step there; null where it reaches none.

    The newest beginning that came as far as the step before is carried along each person's events in order of time.
    """
    made = [
        f"s1 AS (SELECT *, CASE WHEN event = '{STEPS[0]}' AND shown_at < {LAST_MS} THEN shown_at END AS made_1 "
        "FROM ordered)"
    ]
    for step in range(2, steps + 1):
        before = step - 1
        made.append(
            f"c{before} AS (SELECT *, max(made_{before}) OVER (PARTITION BY person ORDER BY shown_at "
            f"RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS begun FROM s{before})"
        )
        made.append(
            f"s{step} AS (SELECT * EXCLUDE (begun), CASE WHEN event = '{STEPS[before]}' "
            f"AND shown_at - begun <= {WEEK_MS} THEN begun END AS made_{step} FROM c{before})"
        )
    return ", ".join(made)


FUNNEL = f"""WITH ordered AS (
    SELECT person, shown_at, event FROM read_parquet($file) WHERE event IN {STEPS} AND shown_at >= {FIRST_MS}
), {_reached(len(STEPS))}
SELECT {", ".join(f"count(DISTINCT CASE WHEN made_{step} IS NOT NULL THEN person END)" for step in range(1, 5))}
FROM s4"""

TOOLS: dict[str, dict[str, Tool]] = {
    "trend": {"DuckDB": duck(TREND), "pandas": pandas_trend},
    "stickiness": {"DuckDB": duck(STICKINESS), "pandas": pandas_stickiness},
    "retention": {"DuckDB": duck(RETENTION), "pandas": pandas_retention},
    "funnel": {"DuckDB": duck(FUNNEL)},
}


def figures_of(kind: str, answer: dict[str, Any]) -> Any:
    """Our answer as the tools give theirs."""
    if kind == "trend":
        days = [_day(period["start"]) for period in answer["periods"]]
        return {
            (group["value"][0], day): people
            for group in answer["by_breakdown"]
            for day, people in zip(days, group["series"][0]["values"], strict=True)
            if people
        }
    if kind == "stickiness":
        return {days: people for days, people in enumerate(answer["counts"], start=1) if people}
    if kind == "retention":
        weeks = [(_day(row["start"]) + 3) // 7 for row in answer["rows"]]
        return {
            (week, after): people
            for week, row in zip(weeks, answer["rows"], strict=True)
            for after, people in enumerate(row["values"])
            if people
        }
    return [step["count"] for step in answer["steps"]]


def their_figures(kind: str, rows: list[tuple[Any, ...]], ours: Any) -> Any:
    """What a tool found, the weeks beyond those asked for left out."""
    if kind == "funnel":
        return list(rows[0])
    found = {row[:-1] if len(row) > 2 else row[0]: row[-1] for row in rows}
    return {key: people for key, people in found.items() if key in ours} if kind == "retention" else found


def _day(said: str) -> int:
    """The number of a day since 1970."""
    return int(np.datetime64(said[:10]).astype(int))


def tools(folder: Path, shop: Shop, rounds: int) -> None:
    """Each kind in each tool."""
    file = exported(folder, shop)
    store = opened(folder, shop)
    asker = Asker(store, now_ms=lambda: NOW_MS)
    print("| question | tool | wall | processor time |\n|---|---|---|---|")
    for one in YARDSTICKS:
        if one.kind not in TOOLS:
            continue
        answers = [taken(lambda one=one: asker.ask(one.kind, one.question, ASKING).answer) for _ in range(rounds + 1)]
        ours = figures_of(one.kind, answers[0][0])
        print(_line(one.name, "zuji", [took for _, took in answers[1:]]), flush=True)
        for name, run in TOOLS[one.kind].items():
            runs = [taken(lambda run=run: run(file)) for _ in range(rounds)]
            theirs = their_figures(one.kind, runs[0][0], ours)
            if theirs != ours:
                raise SystemExit(f"{name} differs in {one.kind}: {theirs!r:.300}\nand {ours!r:.300}")
            print(_line(one.name, name, [took for _, took in runs]), flush=True)
    store.close()


def _line(question: str, tool: str, took: list[Taken]) -> str:
    wall, cpu = statistics.median(one.wall_s for one in took), statistics.median(one.cpu_s for one in took)
    return f"| {question} | {tool} | {wall * 1000:,.0f} ms | {cpu:.2f} s |"


def growth(folder: Path, rounds: int) -> None:
    """Processor time of every kind at 5, 20 and 80 million events, and how it grew by each four times the events."""
    sizes = (5_000_000, 20_000_000, 80_000_000)
    cpu: dict[str, list[float]] = {}
    for events in sizes:
        store = opened(folder.with_name(f"{folder.name}-{events // 1_000_000}m"), Shop(events))
        asker = Asker(store, now_ms=lambda: NOW_MS)
        for one in (*YARDSTICKS, *FIGURES, *JOURNEYS):
            runs = [
                taken(lambda one=one, asker=asker: asker.ask(one.kind, one.question, ASKING)) for _ in range(rounds + 1)
            ]
            cpu.setdefault(one.name, []).append(statistics.median(took.cpu_s for _, took in runs[1:]))
        store.close()
    print("| question | " + " | ".join(f"{events:,}" for events in sizes) + " | each doubling |\n|---|---|---|---|---|")
    for name, took in cpu.items():
        doubling = (took[-1] / took[0]) ** (1 / np.log2(sizes[-1] / sizes[0]))
        print(f"| {name} | " + " | ".join(f"{one:.2f} s" for one in took) + f" | {doubling:.2f} |", flush=True)


def person(folder: Path, shop: Shop) -> None:
    """The last 100 events of one person: of a hundred people, one after the other."""
    store = opened(folder, shop)
    waits = []
    for number in np.random.default_rng(1).choice(shop.people, 101, replace=False).tolist():
        wanted = EventFilter(WORKSPACE, owned=(Owned(number + 1),))
        began = time.perf_counter()
        list_events(store, wanted, limit=100)
        waits.append((time.perf_counter() - began) * 1000)
    store.close()
    waits = sorted(waits[1:])
    print(f"one person's last 100 events: p50 {waits[50]:.1f} ms, p99 {waits[98]:.1f} ms")


def main() -> None:
    """Run what was asked for."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("what", choices=("tools", "growth", "person"))
    reader.add_argument("folder", type=Path)
    reader.add_argument("--events", type=int, default=20_000_000)
    reader.add_argument("--rounds", type=int, default=3)
    given = reader.parse_args()
    if given.what == "tools":
        tools(given.folder, Shop(given.events), given.rounds)
    elif given.what == "growth":
        growth(given.folder, given.rounds)
    else:
        person(given.folder, Shop(given.events))


if __name__ == "__main__":
    main()
