"""A file, a mapping and a spool to import into, in a few words."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from zuji.collect.importing.mapping import read_mapping
from zuji.collect.importing.record import Import, ImportLedger
from zuji.collect.importing.run import Effects, Order, run_import
from zuji.collect.importing.spooling import import_spool
from zuji.collect.spool import SpoolLimits
from zuji.collect.spool_reader import SqliteSpoolReader
from zuji.terms.message import Message, decode_messages
from zuji.terms.source import Source

SHOP = Source(id="s1", workspace="default", name="shop")
NOON = 1_780_000_000_000


def order_for(file: Path, mapping: str, *, source: Source = SHOP) -> Order:
    """An import of a file by a mapping in TOML."""
    return Order(path=file, name=file.name, mapping=read_mapping(mapping), source=source, own_source=True)


@contextmanager
def effects_in(data: Path, *, told: Callable[[Import], None] = lambda _: None) -> Iterator[Effects]:
    """What an import acts with, in a data folder."""
    clock = itertools.count(NOON)
    with import_spool(data / "spool", SpoolLimits(min_free_bytes=0)) as spool:
        yield Effects(spool=spool, ledger=ImportLedger(data), now_ms=lambda: next(clock), told=told)


def import_into(data: Path, order: Order) -> Import:
    """Import to the end."""
    with effects_in(data) as effects:
        return run_import(order, effects)


def spooled(data: Path) -> list[Message]:
    """Every message in the spool, in order."""
    reader = SqliteSpoolReader(data / "spool")
    try:
        rows = reader.read({}, max_messages=10_000_000)
        return [message for row in rows for message in decode_messages(row.body)]
    finally:
        reader.close()


def written(folder: Path, text: str, *, name: str = "rows.csv", encoding: str = "utf-8") -> Path:
    """A file with this text."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def messages_of(folder: Path, text: str, mapping: str) -> list[Message]:
    """What the rows of a table become."""
    data = folder / "data"
    import_into(data, order_for(written(folder, text), mapping))
    return spooled(data)
