"""A gateway whose spool cannot be opened at the start."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from gateway_world import NOON

from zuji.collect.patient_spool import PatientSpool
from zuji.collect.spool import SpoolFailed, SpoolLimits
from zuji.collect.spool_reader import SqliteSpoolReader
from zuji.collect.spool_writer import SqliteSpoolWriter
from zuji.terms.message import Receipt

RECEIPT = Receipt("default", "shop", "public", "segment", NOON)


def test_requests_are_refused_until_the_disk_can_be_written_and_then_taken_without_a_hand(data: Path) -> None:
    folder, clock = data / "spool", [0.0]
    folder.write_text("a file where the folder should be")
    spool = PatientSpool(
        lambda: SqliteSpoolWriter(folder, "g", limits=SpoolLimits(min_free_bytes=0)), monotonic=lambda: clock[0]
    )
    assert spool.state().failing
    with pytest.raises(SpoolFailed, match="cannot be opened"):
        asyncio.run(spool.append(RECEIPT, b"[]", 0))
    folder.unlink()
    assert spool.state().failing, "it is not tried again at once"
    clock[0] = 1.0
    assert not spool.state().failing
    asyncio.run(spool.append(RECEIPT, b"[1]", 1))
    spool.close()
    reader = SqliteSpoolReader(folder)
    assert [row.body for row in reader.read({}, max_messages=10)] == [b"[1]"]
    reader.close()
