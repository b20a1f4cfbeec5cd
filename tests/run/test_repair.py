"""Repairs: what a broken source sent is mended and sent again, and the store is as if nothing had ever been broken."""

from __future__ import annotations

import contextlib
import multiprocessing
import shutil
import signal
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from engine_world import NOON_MS, World, running
from repair_world import BROKEN, REPAIR, SMALL_PART, a_sale, live_until_in_small_parts, what_is_stored

import zuji.run.decisions
from zuji.collect.spool_writer import SqliteSpoolWriter
from zuji.run.engine import Engine
from zuji.store import decision_outcomes, quarantine, quarantine_groups, repairs
from zuji.store.accounting import Account
from zuji.terms.event import Flag
from zuji.terms.message import Message


def send_everything(world: World, *, is_broken: bool) -> None:
    world.send(*(a_sale(number, is_broken=False) for number in range(200, 210)), source="till")
    world.send(*(a_sale(number, is_broken=is_broken) for number in range(BROKEN)), source="till")
    world.send(Message(type="track", event="Sold", message_id="lost", timestamp=NOON_MS), source="till")


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zuji.run.decisions, "PART", SMALL_PART)


def outcome_of(world: World, message_id: str) -> Any:
    with world.engine.hot.read() as connection:
        return decision_outcomes.get(connection, message_id)


def test_after_a_repair_the_store_is_what_an_undisturbed_run_leaves(tmp_path: Path, small_parts: None) -> None:
    with running(tmp_path / "undisturbed") as world:
        send_everything(world, is_broken=False)
        world.settle()
        expected = what_is_stored(world)
    with running(tmp_path / "broken") as world:
        send_everything(world, is_broken=True)
        world.decide("repair", "repair-1", **REPAIR)
        world.send(a_sale(3, is_broken=True), source="till")
        world.settle()
        found = what_is_stored(world)
        outcome = outcome_of(world, "repair-1")
        with world.engine.hot.read() as connection:
            run = repairs.get(connection, "default", "repair-1")
    assert len(expected["rows"]) == BROKEN + 10
    assert len(expected["people"]) == 10
    assert [row["flag_reason"] for row in found["rows"] if row["flags"]] == ["repaired:repair-1"] * BROKEN
    for row in found["rows"]:
        row["flags"], row["flag_reason"] = row["flags"] & ~int(Flag.REPAIRED), ""
    assert found["rows"] == expected["rows"]
    assert found["people"] == expected["people"]
    assert found["waiting"] == expected["waiting"] == {"no_identifier": 1}
    assert expected["account"] == Account(accepted=BROKEN + 11, stored=BROKEN + 10, quarantined=1)
    assert found["account"] == Account(
        accepted=BROKEN + 12, stored=10, quarantined=BROKEN + 1, replayed=BROKEN, duplicate=1, decisions=1
    )
    assert outcome == {
        "repair": "repair-1", "tried": BROKEN + 1, "passed": BROKEN, "failures": {"no_identifier": 1},
    }  # fmt: skip
    assert run is not None
    assert (run.state, run.tried, run.passed, run.document) == ("done", BROKEN + 1, BROKEN, REPAIR)


def test_what_fails_a_repair_waits_on_as_it_was_sent(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        world.send(a_sale(1, is_broken=True), source="till")
        world.decide("repair", source="till", steps=[{"do": "drop", "field": "properties.device"}])
        world.settle()
        with world.engine.hot.read() as connection:
            [waiting] = quarantine.page(connection, "default", limit=10)
    assert waiting.message == a_sale(1, is_broken=True)
    assert waiting.reason == "no_identifier"


def test_what_its_decoder_could_not_use_is_mended_as_it_was_sent_and_decoded_again(tmp_path: Path) -> None:
    sent = b'{"type": "trak", "messageId": "m1", "userId": "u1", "event": "Sold", "properties": {"n": 1}}'
    undecoded = Message(
        type="trak",
        message_id="m1",
        event="Sold",
        problem="unknown_type",
        detail="type is 'trak'",
        raw=msgspec.Raw(sent),
    )
    step = {"do": "map", "field": "type", "values": {"trak": "track"}}
    with running(tmp_path) as world:
        world.send(undecoded)
        world.decide("repair", steps=[step])
        world.settle()
        [row] = world.rows("event_id, type, event, properties, received_at, flag_reason")
    assert {**row, "received_at": int(row["received_at"].timestamp() * 1000)} == {
        "event_id": "m1", "type": "track", "event": "Sold", "properties": '{"n":1}', "received_at": NOON_MS,
        "flag_reason": "repaired:decision-1",
    }  # fmt: skip


def test_a_repair_without_steps_sends_events_again_as_they_are_and_calls_nothing_repaired(tmp_path: Path) -> None:
    late = NOON_MS + 3 * 86_400_000
    with running(tmp_path) as world:
        world.send(Message(type="track", event="Sold", message_id="early", user_id="u1", timestamp=late))
        world.settle()
        world.decide("repair", "again", reason="future_time")
        world.settle()
        assert outcome_of(world, "again") == {
            "repair": "again", "tried": 1, "passed": 0, "failures": {"future_time": 1},
        }  # fmt: skip


def test_only_the_chosen_cause_is_repaired(tmp_path: Path) -> None:
    ahead = {day: NOON_MS + day * 86_400_000 for day in (3, 4)}
    with running(tmp_path) as world:
        for day, at in ahead.items():
            world.send(Message(type="track", event="Sold", message_id=f"m{day}", user_id="u1", timestamp=at))
        world.send(a_sale(1, is_broken=True))
        world.settle()
        with world.engine.hot.read() as connection:
            groups = quarantine_groups.groups(connection, "default", source=None, reason=None, limit=10)
        cause = groups[0].cause
        world.decide("repair", cause=cause, steps=[{"do": "shift_time", "field": "timestamp", "seconds": -432_000}])
        world.settle()
        assert sorted(row["event_id"] for row in world.rows()) == ["m3", "m4"]
    assert [(one.reason, one.protocol, one.events) for one in groups] == [
        ("future_time", "segment", 2),
        ("no_identifier", "segment", 1),
    ]


def test_what_was_put_away_stays_counted_by_day_however_it_left(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        world.send(*(a_sale(number, is_broken=True) for number in range(4)), source="till")
        world.decide("repair", "r", source="till", steps=[{"do": "set", "field": "userId", "value": "u1"}])
        world.send(*(a_sale(number, is_broken=True) for number in range(4, 7)), source="till")
        world.decide("discard", "d", id=5)
        world.decide("expire", "e", before_ms=NOON_MS + 1)
        world.settle()
        with world.engine.hot.read() as connection:
            [day] = quarantine_groups.per_day(connection, "default", source="till", from_day=0, to_day=99_999)
            assert quarantine.counts(connection, "default") == {}
    assert (day.quarantined, day.replayed, day.discarded, day.expired, day.waiting) == (7, 4, 1, 2, 0)


def test_what_waits_longer_than_it_is_kept_expires_by_itself(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        world.send(a_sale(1, is_broken=True), source="till")
        world.settle()
    with running(tmp_path, now_ms=lambda: NOON_MS + 91 * 86_400_000) as later:
        later.send(a_sale(2, is_broken=False), source="till")
        later.settle()
        with later.engine.hot.read() as connection:
            assert quarantine.counts(connection, "default") == {}
            [day] = quarantine_groups.per_day(connection, "default", source="till", from_day=0, to_day=99_999)
    assert day.expired == 1


@pytest.mark.crash
@pytest.mark.parametrize(
    ("point", "times"), [("after the commit", 4), ("before the commit", 5), ("before a decision is written", 1)]
)
def test_a_repair_that_is_killed_goes_on_where_it_stood(point: str, times: int, tmp_path: Path) -> None:
    with contextlib.closing(SqliteSpoolWriter(tmp_path / "whole" / "spool", "gateway-1")) as spool:
        gateway = World(cast(Engine, None), spool)
        send_everything(gateway, is_broken=True)
        gateway.decide("repair", "repair-1", **REPAIR)
    shutil.copytree(tmp_path / "whole", tmp_path / "killed")
    with running(tmp_path / "whole") as world:
        world.settle()
        expected = what_is_stored(world)
    child = multiprocessing.get_context("spawn").Process(
        target=live_until_in_small_parts, args=(tmp_path / "killed", point, times)
    )
    child.start()
    child.join(120)
    assert child.exitcode == -signal.SIGKILL
    with running(tmp_path / "killed") as world:
        world.settle()
        assert what_is_stored(world) == expected
        with world.engine.hot.read() as connection:
            run = repairs.get(connection, "default", "repair-1")
    assert run is not None
    assert (run.state, run.tried, run.passed) == ("done", BROKEN + 1, BROKEN)
