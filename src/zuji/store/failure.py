"""What the engine's errors mean to us: try again, ask for less, or the rows themselves are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from clickhouse_connect.driver.exceptions import ClickHouseError

from zuji.terms.error import BadRequest, Busy, ZujiError

TOO_COSTLY = {158, 159, 160, 241, 307, 396}
CANCELLED = {394}
BROKEN = {33, 40, 246, 271, 740}
"""The files of a part are not as they were written: cut short, or changed."""
REFUSED = {
    6,
    26,
    27,
    33,
    38,
    41,
    42,
    43,
    46,
    47,
    50,
    53,
    60,
    62,
    69,
    70,
    72,
    81,
    117,
    131,
    321,
    349,
    407,
    427,
    456,
    457,
    469,
}
"""Codes about the statement or its rows (types, ranges, constraints): another try gives the same answer."""


class TooCostly(BadRequest):
    """The query met its limit of memory or time and was stopped; the store itself is well."""

    code = "too_costly"


class Cancelled(ZujiError):
    """Somebody cancelled the query while it ran."""

    code = "cancelled"


class Refused(ZujiError):
    """The store will never take this: a row breaks a rule of its table, or the statement is wrong."""

    code = "refused_by_store"


class StoreBusy(Busy):
    """The event store cannot be reached, is full, or is somebody else's at the moment. Nothing was stored."""

    code = "store_busy"


class Broken(StoreBusy):
    """A part of the store cannot be read. `broken_parts` sets it aside."""

    code = "store_broken"


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn the driver's errors into ours; `doing` says what was tried, for the reader of the message."""
    try:
        yield
    except ClickHouseError as failure:
        raise meaning_of(failure, doing) from failure
    except OSError as failure:  # the file that carries an insert, or the network
        raise StoreBusy(f"{doing}: {failure}") from failure


def meaning_of(failure: Exception, doing: str) -> ZujiError:
    """Which of our errors a driver's error is. What nobody listed counts as passing: nothing is lost by another try."""
    text = _first_line(str(failure))
    code = getattr(failure, "code", None)
    if code in CANCELLED:
        return Cancelled(f"{doing}: cancelled.")
    if code in TOO_COSTLY:
        return TooCostly(f"{doing}: stopped at its limit ({text}). Ask for a shorter time or fewer columns.")
    if code in BROKEN:
        return Broken(f"{doing}: {text}.")
    if code in REFUSED:
        return Refused(f"{doing}: {text}")
    return StoreBusy(f"{doing}: {text}")


def _first_line(text: str) -> str:
    """The engine's message without its code prefix and version suffix."""
    line = text.strip().splitlines()[0] if text.strip() else "no reason given"
    return re.sub(r"^Code: (\d+)\. DB::Exception: ", r"engine error \1: ", line)[:500]
