"""The ingest loop over real stores: spool rows in, stored rows, quarantine and accounts out."""

from __future__ import annotations

from pathlib import Path

import msgspec
from engine_world import NOON_MS, running

from zuji.store import accounting, quarantine
from zuji.store.accounting import Account
from zuji.terms.message import Message

DEVICE = {"type": "anonymous_id", "value": "device-1"}


def a_track(message_id: str, *, at: int = NOON_MS, **more: object) -> Message:
    return Message(type="track", event="Viewed", message_id=message_id, anonymous_id="device-1", timestamp=at, **more)  # type: ignore[arg-type]


def test_an_event_goes_from_the_spool_to_the_event_store(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        world.send(a_track("m1", properties=msgspec.Raw(b'{"b": 1, "a": "\xe8\x8c\xb6"}')))
        world.settle()
        [row] = world.rows("event_id, event, type, anchor, properties, source, workspace")
    assert row["anchor"] > 0
    assert {**row, "anchor": 0} == {
        "event_id": "m1", "event": "Viewed", "type": "track", "anchor": 0,
        "properties": '{"a":"茶","b":1}', "source": "web", "workspace": "default",
    }  # fmt: skip


def test_repeats_are_stored_once_and_counted_as_duplicates(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        world.send(a_track("m1"), a_track("m1"), a_track("m2"))
        world.send(a_track("m2"), a_track("m3"))
        world.settle()
        assert [row["event_id"] for row in world.rows()] == ["m1", "m2", "m3"]
        with world.engine.hot.read() as connection:
            assert accounting.overall(connection) == Account(accepted=5, stored=3, duplicate=2)


def test_repeats_are_recognised_after_a_restart(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        world.send(a_track("m1"))
        world.settle()
    with running(tmp_path) as world:
        world.send(a_track("m1"), a_track("m2"))
        world.settle()
        assert [row["event_id"] for row in world.rows()] == ["m1", "m2"]


def test_a_bad_event_waits_in_quarantine_and_its_repeat_is_a_duplicate(tmp_path: Path) -> None:
    bad = Message(type="track", event="Viewed", message_id="bad", timestamp=NOON_MS)
    with running(tmp_path) as world:
        world.send(bad, a_track("m1"))
        world.send(bad)
        world.settle()
        with world.engine.hot.read() as connection:
            [waiting] = quarantine.page(connection, "default", limit=10)
            account = accounting.overall(connection)
    assert (waiting.reason, waiting.message) == ("no_identifier", bad)
    assert account == Account(accepted=3, stored=1, quarantined=1, duplicate=1)
    assert account.closed


def test_a_repaired_event_is_replayed_under_its_own_id(tmp_path: Path) -> None:
    bad = Message(type="track", event="Viewed", message_id="bad", timestamp=NOON_MS)
    repaired = {"type": "track", "event": "Viewed", "anonymousId": "device-1", "timestamp": NOON_MS}
    with running(tmp_path) as world:
        world.send(bad)
        world.settle()
        world.decide("replay", id=1, message=repaired)
        world.send(bad)
        world.settle()
        assert [row["event_id"] for row in world.rows()] == ["bad"]
        with world.engine.hot.read() as connection:
            assert quarantine.counts(connection, "default") == {}
            account = accounting.overall(connection)
    assert account == Account(accepted=2, quarantined=1, duplicate=1, replayed=1, decisions=1)


def test_decisions_that_are_carried_out_have_a_term_of_their_own(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        world.send(a_track("m1", user_id="u1"))
        world.decide("split", "decision-1", profile={"type": "user_id", "value": "u1"}, leaving=[DEVICE])
        world.decide("replay", "decision-2", id=7)
        world.decide("guess", "decision-3")
        world.settle()
        with world.engine.hot.read() as connection:
            assert accounting.per_source(connection, "default") == {
                "": Account(decisions=1),
                "web": Account(accepted=1, stored=1),
            }


def test_deleting_a_sources_data_frees_its_ids(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        world.send(a_track("m1"), source="test")
        world.send(a_track("m1"), source="web")
        world.settle()
        world.decide("delete_source_data", source="test")
        world.settle()
        assert [row["source"] for row in world.rows("source")] == ["web"]
        world.send(a_track("m1"), source="test")
        world.settle()
        assert sorted(row["source"] for row in world.rows("source")) == ["test", "web"]


def test_a_flood_is_taken_in_larger_batches_than_what_trickles_in(tmp_path: Path) -> None:
    with running(tmp_path, start=False) as world:
        for request in range(15):
            world.send(*(a_track(f"{request}-{number}") for number in range(1_000)))
        world.engine.storing.start()
        taken = []
        while world.engine.ingest.take_some():
            taken.append(sum(world.engine.progress.positions.values()))
        world.engine.storing.drain()
        ids = [row["event_id"] for row in world.rows()]
        world.engine.ingest.start()
        world.engine.profiles.start()
        world.engine.status.start()
    assert taken == [4, 14, 15]
    assert (len(ids), len(set(ids))) == (15_000, 15_000)
