"""A place in the spool for an import: a writer under a name of its own, beside the gateways'."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zuji.collect.spool import SpoolFailed, SpoolLimits, SpoolWriter
from zuji.collect.spool_writer import SqliteSpoolWriter
from zuji.terms.error import Busy

AT_ONCE = 4
"""Imports at the same time. The names are few, since the engine looks into the folder of each all the time."""


@contextmanager
def import_spool(folder: Path, limits: SpoolLimits) -> Iterator[SpoolWriter]:
    """A writer for one import while the block runs. Raises Busy when that many imports are under way."""
    writer = _first_free(folder, limits)
    try:
        yield writer
    finally:
        writer.close()


def _first_free(folder: Path, limits: SpoolLimits) -> SqliteSpoolWriter:
    for number in range(1, AT_ONCE + 1):
        try:
            return SqliteSpoolWriter(folder, f"import-{number}", limits=limits)
        except SpoolFailed as taken:
            last = taken
    raise Busy(f"{AT_ONCE} imports are under way already. Wait for one to end.") from last
