"""How fast files come in, beside readers that only read: Polars (and DuckDB, where it is installed).

    python bench/importing.py [--rows 300000] [--rounds 3]
    python bench/importing.py --dunnhumby FOLDER --rounds 1 --queryable

A table is made once, as CSV and as Parquet (or those of the data set are joined: 1.47 million lines of receipts); then,
turn by turn, it is only read, made into messages (a dry run), and imported into a spool on disk. `--queryable` imports
it by the command line into a server of its own until all of it is counted, and tells what importer and engine took.
Processor seconds are compared, since other people's work on the machine costs waiting but no work.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

from servers import RunningServer  # noqa: E402
from zuji.collect.importing.mapping import document_of_mapping, load_mapping, read_mapping  # noqa: E402
from zuji.collect.importing.record import ImportLedger  # noqa: E402
from zuji.collect.importing.run import Effects, Order, run_import, try_import  # noqa: E402
from zuji.collect.importing.spooling import import_spool  # noqa: E402
from zuji.collect.spool import SpoolLimits  # noqa: E402
from zuji.terms.source import Source  # noqa: E402

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


def reads(path: Path) -> dict[str, Callable[[], object]]:
    """Readers that only read, everything as it stands in the file; DuckDB if it is here."""
    is_csv = path.suffix == ".csv"
    found: dict[str, Callable[[], object]] = {
        "polars reads": lambda: pl.read_csv(path, infer_schema=False) if is_csv else pl.read_parquet(path)
    }
    try:
        import duckdb
    except ImportError:
        return found
    reader = "read_csv(?, all_varchar = true)" if is_csv else "read_parquet(?)"
    sql = f"SELECT count(*), max(COLUMNS(*)) FROM {reader}"  # of every column something, or it would not be read
    return found | {"duckdb reads": lambda: duckdb.execute(sql, [str(path)]).fetchall()}


class File(NamedTuple):
    """A file to import, and how."""

    order: Order
    rows: int


def made(folder: Path, rows: int) -> Iterator[File]:
    """The table that is made."""
    table(folder / "clicks.csv", rows)
    pl.read_csv(folder / "clicks.csv").write_parquet(folder / "clicks.parquet")
    yield from _files(folder, "clicks", document_of_mapping(read_mapping(MAPPING)), rows)


def receipts(folder: Path, data: Path) -> Iterator[File]:
    """All lines of the receipts of dunnhumby's data set, in one file."""
    lines = pl.concat([pl.read_parquet(path) for path in sorted(data.glob("transactions_p*.parquet"))])
    lines.write_parquet(folder / "receipts.parquet")
    lines.write_csv(folder / "receipts.csv", datetime_format="%Y-%m-%d %H:%M:%S")
    mapping = load_mapping(ROOT / "tests" / "data" / "imported" / "mappings" / "dunnhumby.toml")
    yield from _files(folder, "receipts", document_of_mapping(mapping), lines.height)


def _files(folder: Path, name: str, mapping: dict[str, object], rows: int) -> Iterator[File]:
    source = Source(id="bench", workspace="default", name="bench")
    for form in ("csv", "parquet"):
        text = json.dumps(mapping | {"format": form})
        (folder / f"{form}.json").write_text(text)
        path = folder / f"{name}.{form}"
        yield File(Order(path=path, name=path.name, mapping=read_mapping(text), source=source, own_source=True), rows)


def compare(file: File, rounds: int) -> None:
    """Read, make and import the file by turns, and print."""
    turns = reads(file.order.path) | {"messages (dry run)": lambda: try_import(file.order)}
    seconds: dict[str, list[float]] = {name: [] for name in (*turns, "imported into the spool")}
    for _ in range(rounds):
        for name, work in turns.items():
            seconds[name].append(spent(work))
        with importing(file.order) as work:
            seconds["imported into the spool"].append(spent(work))
    bare = median(seconds["polars reads"])
    print(f"{file.order.name}: {file.rows:,} rows, median of {rounds} rounds, processor seconds")
    for name, values in seconds.items():
        figure = median(values)
        print(f"{name:26} {figure:7.2f} s  {file.rows / figure:12,.0f} rows/s  {figure / bare:6.1f} x the bare reader")


def until_queryable(file: File, folder: Path) -> None:
    """Import by the command line into a server, wait until everything is counted, and print what it took."""
    with RunningServer(folder / f"data-{file.order.path.suffix[1:]}") as server:
        engine = server.child_pids()["engine"]
        before, began = processor_s(engine), time.monotonic()
        mapping = folder / f"{file.order.path.suffix[1:]}.json"
        command = ["import", str(file.order.path), "--mapping", str(mapping), "--source", "bench", "--json"]
        importer = subprocess.Popen(
            [sys.executable, "-m", "zuji.cli", *command, "--data", str(server.data)], stdout=subprocess.DEVNULL
        )
        used, highest = watched(importer.pid)
        read_s = time.monotonic() - began
        while server.count() < file.rows:
            time.sleep(0.2)
        whole_s = time.monotonic() - began
        in_importer, in_engine = used.ru_utime + used.ru_stime, processor_s(engine) - before
        print(
            f"{file.order.name} to queryable: {file.rows / whole_s:,.0f} rows/s by the clock (read in {read_s:.1f} s)"
        )
        each = 1e6 / file.rows
        print(f"  importer {in_importer * each:5.1f} µs of processor time a row, {highest:,.0f} MB at most")
        print(f"  engine   {in_engine * each:5.1f} µs of processor time a row, {highest_mb(engine):,.0f} MB at most")


def watched(pid: int) -> tuple[resource.struct_rusage, float]:
    """What a child used until it ended, and the most memory that it held: its own, not that of who started it."""
    highest = 0.0
    while True:
        ended, status, used = os.wait4(pid, os.WNOHANG)
        if ended:
            assert status == 0
            return used, highest
        with contextlib.suppress(StopIteration, OSError):  # it is ending just now
            highest = max(highest, highest_mb(pid))
        time.sleep(0.05)


def processor_s(pid: int) -> float:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def highest_mb(pid: int) -> float:
    """The most memory that a process has held."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dunnhumby", type=Path)
    parser.add_argument("--queryable", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in receipts(folder, options.dunnhumby) if options.dunnhumby else made(folder, options.rows):
            compare(file, options.rounds)
            if options.queryable:
                until_queryable(file, folder)


if __name__ == "__main__":
    main()
