"""A gateway that is no more: what it wrote last goes like everything else, and its name can be used again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from zuji.cli.serve import retire_gateways
from zuji.collect.spool import SpoolFailed, SpoolLimits
from zuji.collect.spool_files import segment_names
from zuji.collect.spool_reader import SqliteSpoolReader
from zuji.collect.spool_writer import SqliteSpoolWriter, retire
from zuji.terms.message import Receipt

LIMITS = SpoolLimits(min_free_bytes=0, keep_taken_bytes=0)
RECEIPT = Receipt(
    "default", "web", "public", "segment", 1_700_000_000_000, "2026-01-05T08:00:00Z", "10.0.0.7", "test/1"
)


def written(spool: Path, gateway: str, body: bytes) -> None:
    """One request, by a gateway that ends after it."""
    writer = SqliteSpoolWriter(spool, gateway, limits=LIMITS)
    asyncio.run(writer.append(RECEIPT, body, 1))
    writer.close()


def taken_and_discarded(spool: Path) -> list[bytes]:
    """What an engine that begins anew reads, after which it says that all of it is taken."""
    reader = SqliteSpoolReader(spool, limits=LIMITS)
    rows = reader.read({}, max_messages=100)
    reader.discard({(row.gateway, row.file): row.row for row in rows})
    reader.close()
    return [row.body for row in rows]


def test_the_last_segment_of_a_retired_gateway_goes_once_it_was_taken(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    written(spool, "gateway-1", b"of one that stays")
    written(spool, "gateway-2", b"of one that is no more")
    retire_gateways(tmp_path, {"engine", "gateway-1"})
    assert sorted(taken_and_discarded(spool)) == [b"of one that is no more", b"of one that stays"]
    assert segment_names(spool / "gateway-1") == ["0000000001.sqlite"]
    assert segment_names(spool / "gateway-2") == ["0000000002.sqlite"]
    assert taken_and_discarded(spool) == [b"of one that stays"]


def test_what_was_not_taken_stays_and_a_gateway_that_returns_writes_under_new_numbers(tmp_path: Path) -> None:
    written(tmp_path, "gateway-2", b"before")
    assert retire(tmp_path, "gateway-2")
    assert not retire(tmp_path, "gateway-2"), "an empty segment needs no end"
    written(tmp_path, "gateway-2", b"after")
    assert segment_names(tmp_path / "gateway-2") == ["0000000001.sqlite", "0000000002.sqlite"]
    assert taken_and_discarded(tmp_path) == [b"before", b"after"]
    assert segment_names(tmp_path / "gateway-2") == ["0000000002.sqlite"]


def test_a_gateway_that_still_writes_is_left_alone(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    writer = SqliteSpoolWriter(spool, "gateway-2", limits=LIMITS)
    asyncio.run(writer.append(RECEIPT, b"at work", 1))
    with pytest.raises(SpoolFailed, match="another process writes"):
        retire(spool, "gateway-2")
    retire_gateways(tmp_path, {"gateway-1"})
    assert segment_names(spool / "gateway-2") == ["0000000001.sqlite"]
    writer.close()
