"""kill -9 at every stage of the pipeline: what a restart leaves is what an undisturbed run leaves, to the row."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from doomed_engine import BETWEEN_MONTHS, live_until
from engine_world import NOON_MS, World, running
from tag_world import publish, until

from zuji.collect.spool_writer import SqliteSpoolWriter
from zuji.govern.consents_kept import consent_now
from zuji.identify.profile import anchors_of, page_of_profiles, profile
from zuji.run.engine import Engine
from zuji.store import accounting, decision_outcomes, outbox, quality, quarantine, recent_events, tag_timers, tag_values
from zuji.store.query import Query
from zuji.terms.message import Message

pytestmark = pytest.mark.crash

DAY_MS = 86_400_000
EVENTS = 120
DEVICES = 24
SIGKILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Death:
    """Where an engine dies: the point, and the how many-th time it comes by."""

    point: str
    times: int = 1


# The spool holds six batches: a published tag, events, a merge, events, the deletion of a source, events.
DEATHS: dict[str, Sequence[Death]] = {
    "before the first commit": [Death("before the commit")],
    "before a later commit": [Death("before the commit", 4)],
    "before tags are committed with their batch": [Death("after tags were written", 2)],
    "before the tags of a merge are committed": [Death("after tags were written", 3)],
    "right after a commit": [Death("after the commit")],
    "right after the last commit": [Death("after the commit", 6)],
    "in the middle of storing": [Death(BETWEEN_MONTHS)],
    "between the events and the people": [Death("between events and people")],
    "stored, but still in the outbox": [Death("before the outbox row leaves")],
    "gone from the outbox": [Death("after the outbox row left")],
    "in the middle of recovery": [Death(BETWEEN_MONTHS), Death(BETWEEN_MONTHS)],
    "in recovery, three times at three points": [
        Death(BETWEEN_MONTHS),
        Death("between events and people"),
        Death("before the outbox row leaves"),
    ],
    "while a tag is published": [Death("before a decision is written")],
    "while a merge is written": [Death("before a decision is written", 2)],
    "right after a merge": [Death("after the commit", 3)],
    "before the rows of a deleted source are erased": [Death("before a source is erased")],
    "after the rows of a deleted source were erased": [Death("after a source was erased")],
    "while the deletion of a source is written": [Death("while an epoch is raised")],
    "in every decision": [Death("before a decision is written"), Death("after a source was erased")],
}


@pytest.fixture(scope="module")
def spooled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a gateway was, and no engine yet."""
    folder = tmp_path_factory.mktemp("spooled") / "data"
    with contextlib.closing(SqliteSpoolWriter(folder / "spool", "gateway-1")) as spool:
        world = World(cast(Engine, None), spool)
        publish(world, "seen", {"value": {"measure": "sum", "event": "Viewed", "property": "n"}})
        _first_half(world)
        world.decide(
            "merge",
            "merge-1",
            a={"type": "anonymous_id", "value": "device-1"},
            b={"type": "anonymous_id", "value": "device-2"},
        )
        world.send(*[_event(number) for number in range(EVENTS, 2 * EVENTS)])
        world.decide("delete_source_data", "delete-1", source="rehearsal")
        world.send(*[_event(number) for number in range(EVENTS + 50, 3 * EVENTS)])
        world.send(*[_event(number) for number in range(10)], source="rehearsal")
    return folder


@pytest.fixture(scope="module")
def undisturbed(spooled: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the same spool leaves when nothing happens."""
    folder = tmp_path_factory.mktemp("undisturbed") / "data"
    shutil.copytree(spooled, folder)
    with running(folder) as world:
        return everything(world)


def test_the_undisturbed_run_is_what_the_spool_says(undisturbed: dict[str, Any]) -> None:
    ids = [(row["source"], row["event_id"]) for row in undisturbed["events"]]
    assert sorted(ids) == sorted(
        [("web", f"m-{number}") for number in range(3 * EVENTS)]
        + [("rehearsal", f"m-{number}") for number in range(10)]
    )
    assert len({row["occurred_at"].strftime("%Y-%m") for row in undisturbed["events"]}) >= 5
    assert {key: undisturbed["account"][key] for key in ("accepted", "stored", "quarantined", "duplicate")} == {
        "accepted": 3 * EVENTS + 3 + 70 + 30 + 10,
        "stored": 3 * EVENTS + 30 + 10,
        "quarantined": 1,
        "duplicate": 72,
    }
    judged, causes = undisturbed["quality"]
    assert {of.source: wrong for of, _, wrong in judged if of.dimension == "uniqueness"} == {"rehearsal": 0, "web": 72}
    assert ("completeness", "no_identifier", 1) in {(one.dimension, one.cause, one.found) for one in causes}
    newest = [event for events, _ in undisturbed["recent"].values() for event in events]
    assert {(one["source"], one["event_id"]) for one in newest} <= set(ids)
    assert len(newest) > EVENTS
    assert {one["marketing"].granted for _, one in undisturbed["recent"].values()} == {True, False}
    assert undisturbed["decisions"]["merge-1"] is not None
    assert sum(undisturbed["tags"].values()) == sum(
        json.loads(row["properties"])["n"] for row in undisturbed["events"] if row["event"] == "Viewed"
    )
    assert "error" not in undisturbed["decisions"]["merge-1"]


@pytest.mark.parametrize("deaths", DEATHS.values(), ids=DEATHS.keys())
def test_after_a_kill_everything_is_there_exactly_once(
    deaths: Sequence[Death], spooled: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(spooled, folder)
    for death in deaths:
        child = multiprocessing.get_context("spawn").Process(target=live_until, args=(folder, death.point, death.times))
        child.start()
        child.join(120)
        assert child.exitcode == SIGKILLED, f"it did not die {death.point}: exit code {child.exitcode}"
    with running(folder) as world:
        assert everything(world) == undisturbed


def everything(world: World) -> dict[str, Any]:
    """All that an engine leaves behind and that must not depend on what happened on the way."""
    world.settle()
    until(lambda: _nobody_is_due(world))
    hot = world.engine.hot
    people, following = page_of_profiles(hot, "default", after=0, limit=1000)
    assert following is None
    with hot.read() as connection:
        assert outbox.waiting(connection) == []
        waiting = quarantine.page(connection, "default", limit=10)
        account = msgspec.to_builtins(accounting.overall(connection))
        judged = quality.per_day(connection, "default", source=None, from_day=0, to_day=99_999)
        causes = quality.causes(connection, "default", source=None, from_day=0, to_day=99_999, limit=1_000)
        decisions = {name: decision_outcomes.get(connection, name) for name in ("merge-1", "delete-1")}
    return {
        "events": world.rows("position, source, event_id, occurred_at, anchor, event, properties"),
        "people": [profile(hot, "default", person.id) for person in people],
        "owners": _owners(world),
        "quarantine": [(event.reason, event.message.message_id, event.position) for event in waiting],
        "account": account,
        "quality": (judged, causes),
        "decisions": decisions,
        "tags": _tags(world),
        "recent": _recent(world),
    }


def _nobody_is_due(world: World) -> bool:
    with world.engine.hot.read() as connection:
        return not tag_timers.is_anything_due(connection, NOON_MS)


def _tags(world: World) -> dict[int, Any]:
    """What people have; and the log of changes leads there without a gap, each change following the one before."""
    assert world.engine.tagger.failure is None
    with world.engine.hot.read() as connection:
        changes = tag_values.changes_after(connection, "default", 0, 100_000, told=None)
        values = dict(tag_values.holders(connection, "default", "tag", "seen"))
    followed: dict[int, Any] = {}
    for change in changes:
        assert followed.get(change.person) == change.old
        followed[change.person] = change.new
    assert {person: value for person, value in followed.items() if value is not None} == values
    return values


def _recent(world: World) -> dict[int, Any]:
    """What a read at page time shows of people beside who they are: their newest events, and what they consent to."""
    hot = world.engine.hot
    recent: dict[int, Any] = {}
    with hot.read() as connection:
        for each in page_of_profiles(hot, "default", after=0, limit=1000)[0]:
            whole = profile(hot, "default", each.id)
            assert whole is not None
            stretches = anchors_of(whole)
            recent[each.id] = (recent_events.newest(connection, stretches), consent_now(connection, stretches))
    return recent


def _owners(world: World) -> list[tuple[int, int]]:
    """Who owns which anchor, as the event store has it: the newest word on each."""
    sql = "SELECT anchor, argMax(person, version) AS owner FROM zuji.profile_now GROUP BY anchor ORDER BY anchor"
    return [(row["anchor"], row["owner"]) for row in world.engine.events.query(Query(sql, {})).to_pylist()]


def _first_half(world: World) -> None:
    """Events over half a year, some repeated, one that names nobody; and the same ids from another source."""
    world.send(*[_event(number) for number in range(EVENTS)], _event(5), _event(6), _nobody())
    world.send(*[_event(number) for number in range(30)], source="rehearsal")


def _event(number: int) -> Message:
    """One event of a device; every seventh is a log-in, and devices are shared now and then."""
    at = NOON_MS - (number * 7919 % 150) * DAY_MS
    device = number % DEVICES
    if number % 7 == 3:
        traits = msgspec.Raw(msgspec.json.encode({"level": number}))
        user = f"user-{device if number % 2 else (device + 1) % DEVICES}"
        return Message(
            type="identify",
            message_id=f"m-{number}",
            user_id=user,
            anonymous_id=f"device-{device}",
            timestamp=at,
            traits=traits,
        )
    properties = {"n": number} | ({"$purposes": ["analytics", "service"]} if number % 5 == 1 else {})
    return Message(
        type="track", event="Viewed", message_id=f"m-{number}", anonymous_id=f"device-{device}", timestamp=at,
        properties=msgspec.Raw(msgspec.json.encode(properties)),
    )  # fmt: skip


def _nobody() -> Message:
    return Message(type="track", event="Viewed", message_id="nobody", timestamp=NOON_MS)
