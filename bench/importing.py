"""How fast files come in, beside a reader that only reads: polars (and DuckDB, where it is installed).

    python bench/importing.py [--rows 300000] [--rounds 3]

A table is made once; then, turn by turn, it is only read, made into messages (a dry run), and imported into a spool on
disk. Processor seconds are compared, since other people's work on the machine costs waiting but no work: what stands
behind `times the bare reader` is how much an import is beyond reading.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import polars as pl

from zuji.collect.importing.mapping import read_mapping
from zuji.collect.importing.record import ImportLedger
from zuji.collect.importing.run import Effects, Order, run_import, try_import
from zuji.collect.importing.spooling import import_spool
from zuji.collect.spool import SpoolLimits
from zuji.terms.source import Source

MAPPING = """
    event = { column = "event_type", values = { view = "Product Viewed", cart = "Product Added" } }
    time = "event_time"
    [identifiers]
    user_id = "user_id"
    [properties]
    product_id = "product_id"
    category = "category"
    brand = "brand"
    price = { column = "price", as = "number" }
    session_id = "session"
"""
HEADER = "event_time,event_type,product_id,category,brand,price,user_id,session\n"


def table(path: Path, rows: int) -> None:
    """Clicks of a shop, about 120 bytes a row."""
    dice = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number in range(rows):
            at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=number // 20)
            cells = (
                f"{at:%Y-%m-%d %H:%M:%S} UTC",
                dice.choice(("view", "view", "view", "cart")),
                dice.randrange(10**7),
                f"category.{dice.randrange(300)}",
                f"brand {dice.randrange(2000)}",
                dice.randrange(100_000) / 100,
                dice.randrange(10**5),
                f"s-{dice.randrange(10**6):032x}",
            )
            file.write(",".join(map(str, cells)) + "\n")


@contextmanager
def importing(order: Order) -> Iterator[Callable[[], None]]:
    """A folder to import into, new each time: what is known already would be resumed."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with import_spool(data / "spool", SpoolLimits(min_free_bytes=0)) as spool:
            effects = Effects(spool=spool, ledger=ImportLedger(data), now_ms=lambda: int(time.time() * 1000))
            yield lambda: _imported(order, effects)


def _imported(order: Order, effects: Effects) -> None:
    done = run_import(order, effects)
    assert done.rejected == 0


def spent(work: Callable[[], object]) -> float:
    """Processor seconds of all threads."""
    before = time.process_time()
    work()
    return time.process_time() - before


def duckdb_reader(path: Path) -> Callable[[], object] | None:
    """DuckDB reading everything as text, if it is here."""
    try:
        import duckdb
    except ImportError:
        return None
    sql = "SELECT count(*), max(price), max(session) FROM read_csv(?, all_varchar = true)"
    return lambda: duckdb.execute(sql, [str(path)]).fetchall()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clicks.csv"
        table(path, options.rows)
        source = Source(id="bench", workspace="default", name="bench")
        order = Order(path=path, name=path.name, mapping=read_mapping(MAPPING), source=source, own_source=True)
        turns: dict[str, Callable[[], object]] = {
            "polars reads": lambda: pl.read_csv(path, infer_schema=False),
            "messages (dry run)": lambda: try_import(order),
        }
        if reader := duckdb_reader(path):
            turns["duckdb reads"] = reader
        seconds: dict[str, list[float]] = {name: [] for name in (*turns, "imported into the spool")}
        for _ in range(options.rounds):
            for name, work in turns.items():
                seconds[name].append(spent(work))
            with importing(order) as work:
                seconds["imported into the spool"].append(spent(work))
    bare = median(seconds["polars reads"])
    print(f"{options.rows:,} rows, median of {options.rounds} rounds, processor seconds")
    for name, values in seconds.items():
        figure = median(values)
        print(
            f"{name:26} {figure:7.2f} s  {options.rows / figure:12,.0f} rows/s  {figure / bare:6.1f} x the bare reader"
        )


if __name__ == "__main__":
    main()
