"""The event store's row of every person is what the profile shows, after merges, splits, restarts and kills."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from pathlib import Path
from random import Random
from typing import Any, cast

import msgspec
import pytest
from doomed_engine import live_until
from engine_world import NOON_MS, World, running

from zuji.collect.spool_writer import SqliteSpoolWriter
from zuji.identify.profile import page_of_profiles, profile
from zuji.run.engine import Engine
from zuji.store import profile_changes
from zuji.store.events import EventStore
from zuji.store.hot import HotStore
from zuji.store.profiles import CURRENT_PROFILES
from zuji.store.query import Query
from zuji.terms.message import Message

Row = tuple[bool, int, list[tuple[str, str]], dict[str, Any]]
"""(identified, first seen, identifiers, traits)."""


def rows(world: World) -> dict[int, Row]:
    found = world.engine.events.query(Query(CURRENT_PROFILES, {"workspace": "default"})).to_pylist()
    return {
        row["person"]: (
            bool(row["identified"]),
            row["first_seen_ms"],
            [(one["type"], one["value"]) for one in row["identifiers"]],
            msgspec.json.decode(row["traits"]),
        )
        for row in found
    }


def shown(hot: HotStore) -> dict[int, Row]:
    """As `GET /api/v1/profiles` and the profile of each of them show."""
    page, _ = page_of_profiles(hot, "default", after=0, limit=1000)
    people = [profile(hot, "default", one.id) for one in page]
    return {
        one.id: (
            one.identified,
            min(held.first_seen for held in one.identifiers),
            [(held.identifier.type, held.identifier.value) for held in one.identifiers],
            {name: trait.value for name, trait in one.traits.items()},
        )
        for one in people
        if one is not None
    }


def assert_rows_are_what_profiles_show(world: World) -> None:
    found, people = rows(world), shown(world.engine.hot)
    assert found == {number: people.get(number) for number in found}
    for number in people.keys() - found.keys():
        identified, _, identifiers, traits = people[number]
        assert (identified, len(identifiers), traits) == (False, 1, {}), "only of them nothing need be said"


def some_messages(chance: Random, first: int, count: int) -> list[Message]:
    """Log-ins on shared devices, traits set, added to and taken away, and plain events; some come late."""
    made = []
    for number in range(first, first + count):
        device = f"device-{chance.randrange(12)}"
        at = NOON_MS + chance.randrange(10**8) - (10**9 if chance.random() < 0.1 else 0)
        plain: dict[str, Any] = {"message_id": f"m-{number}", "anonymous_id": device, "timestamp": at}
        if chance.random() < 0.5:
            made.append(Message(type="track", event="Viewed", **plain))
            continue
        traits = {chance.choice(["plan", "城市", "score"]): chance.choice([number, "it's", ["a"], None, 1.5])}
        user = {"user_id": f"user-{chance.randrange(8)}"} if chance.random() < 0.8 else {}
        made.append(Message(type="identify", traits=msgspec.Raw(msgspec.json.encode(traits)), **plain, **user))
    return made


def decide_something(world: World, chance: Random, number: int) -> None:
    a, b = ({"type": "user_id", "value": f"user-{chance.randrange(8)}"} for _ in range(2))
    device = {"type": "anonymous_id", "value": f"device-{chance.randrange(12)}"}
    what, words = chance.choice(
        [
            ("merge", {"a": a, "b": b}),
            ("split", {"profile": a, "leaving": [device]}),
            ("split", {"profile": device, "leaving": [device]}),
            ("block", {"identifier": device}),
            ("unblock", {"identifier": device}),
            ("delete_source_data", {"source": "other"}),
        ]
    )
    world.decide(what, f"decision-{number}", **words)


@pytest.mark.parametrize("seed", range(3))
def test_rows_follow_random_lives_through_restarts(seed: int, tmp_path: Path) -> None:
    chance, number = Random(seed), 0
    for _ in range(3):
        with running(tmp_path) as world:
            for _ in range(4):
                source = chance.choice(["web", "web", "other"])
                world.send(*some_messages(chance, number, 30), source=source, key=chance.choice(["public", "secret"]))
                number += 30
                decide_something(world, chance, number)
                if chance.random() < 0.5:
                    world.settle()
                    assert_rows_are_what_profiles_show(world)
            world.settle()
            assert_rows_are_what_profiles_show(world)
            with world.engine.hot.read() as connection:
                assert profile_changes.newest(connection) is None


@pytest.mark.crash
@pytest.mark.parametrize("point", ["before rows of people are inserted", "after rows of people were inserted"])
@pytest.mark.parametrize("times", [1, 2])
def test_after_a_kill_the_rows_follow_nevertheless(point: str, times: int, tmp_path: Path) -> None:
    chance = Random(7)
    with contextlib.closing(SqliteSpoolWriter(tmp_path / "spool", "gateway-1")) as spool:
        world = World(cast(Engine, None), spool)
        for number in range(0, 150, 30):
            world.send(*some_messages(chance, number, 30))
    deaths = 0
    for _ in range(2):
        child = multiprocessing.get_context("spawn").Process(target=live_until, args=(tmp_path, point, times))
        child.start()
        child.join(120)
        if child.exitcode == 0:
            break  # everything was worked off in fewer rounds
        assert child.exitcode == -signal.SIGKILL
        deaths += 1
    assert deaths or times > 1
    with running(tmp_path) as world:
        world.settle()
        assert_rows_are_what_profiles_show(world)
        assert len(rows(world)) > 5


def test_a_merged_person_is_gone_and_its_traits_are_with_the_other(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        for user, traits in (("ann", {"plan": "gold"}), ("bob", {"city": "Paris"})):
            said = msgspec.Raw(msgspec.json.encode(traits))
            world.send(Message(type="identify", message_id=user, user_id=user, timestamp=NOON_MS, traits=said))
        world.settle()
        assert sorted(row[3].get("plan", "none") for row in rows(world).values()) == ["gold", "none"]
        world.decide("merge", a={"type": "user_id", "value": "ann"}, b={"type": "user_id", "value": "bob"})
        world.settle()
        [(identified, _, identifiers, traits)] = rows(world).values()
        sql = "SELECT count() AS n FROM zuji.profiles FINAL WHERE gone = 1"
        assert world.engine.events.query(Query(sql))["n"].to_pylist() == [1]
    assert (identified, traits) == (True, {"city": "Paris", "plan": "gold"})
    assert identifiers == [("user_id", "ann"), ("user_id", "bob")]


def test_people_who_were_there_before_the_rows_get_theirs_at_the_next_start(tmp_path: Path) -> None:
    chance = Random(3)
    with running(tmp_path) as world:
        world.send(*some_messages(chance, 0, 60))
        world.settle()
    with contextlib.closing(HotStore(tmp_path / "hot.sqlite")) as hot, hot.write() as connection:
        connection.execute("DROP TABLE profile_changed")
        connection.execute("DELETE FROM applied_migration WHERE name LIKE '0005%'")
    with contextlib.closing(EventStore.open(tmp_path / "events")) as store, store.connections.controlling() as client:
        client.command("TRUNCATE TABLE zuji.profiles")
    with running(tmp_path) as world:
        world.settle()
        assert_rows_are_what_profiles_show(world)
        assert len(rows(world)) > 5
