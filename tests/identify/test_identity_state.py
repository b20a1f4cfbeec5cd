"""The state on disk and in memory: restarts, rollbacks, bounded memory, late and repeated evidence."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from worlds import NOON, World, login, said, seen

from zuji.store.evidence import EvidenceLog, Occurrence, last_times, times_of
from zuji.store.hot import HotStore, HotTransaction
from zuji.terms.subject import Statement, Subject


def a_neighbourhood(random: Random, events: int) -> list[Subject]:
    """People with shared devices, repeats and phones; enough to touch every path."""
    told = []
    for number in range(events):
        user, device = f"u:{random.randrange(12)}", f"a:{random.randrange(20)}"
        kind = random.random()
        at = random.randrange(300)
        event = f"e{number}"
        if kind < 0.4:
            told.append(seen(device, at=at, event=event))
        elif kind < 0.7:
            told.append(login(user, device, at=at, event=event))
        elif kind < 0.9:
            told.append(seen(f"{user} {device}", at=at, event=event))
        else:
            told.append(said("bind", user, f"p:{random.randrange(9)}", at=at, event=event, key="secret"))
    return told


def roll_back(hot: HotStore, act: Callable[[HotTransaction], None]) -> None:
    """Let it happen in a transaction that fails at its end."""
    with suppress(InterruptedError), hot.write() as connection:
        act(connection)
        raise InterruptedError


def owners(world: World, subjects: list[Subject]) -> dict[str, list[int]]:
    """Who owns every identifier at every tenth minute, persons named by their smallest identifier."""
    names = sorted({str(one) for subject in subjects for one in subject.identifiers})
    table = {name: [world.owner(name, at=minute) for minute in range(0, 310, 10)] for name in names}
    first: dict[int, int] = {}
    return {name: [first.setdefault(person, len(first)) for person in row] for name, row in table.items()}


def test_a_tiny_memory_and_a_tiny_log_find_the_same_people_as_large_ones(tmp_path: Path) -> None:
    told = a_neighbourhood(Random(3), 400)
    found = []
    for name, options in (("large", {}), ("tiny", {"capacity": 4, "young_rows": 30})):
        (tmp_path / name).mkdir()
        world = World(tmp_path / name, **options)
        for start in range(0, len(told), 20):
            world.tell(*told[start : start + 20])
        found.append(owners(world, told))
        world.hot.close()
    assert found[0] == found[1]


def test_the_memory_never_holds_more_homes_than_its_capacity(tmp_path: Path) -> None:
    world = World(tmp_path, capacity=50)
    for start in range(0, 1_000, 20):
        world.tell(*(seen(f"a:{number}", at=number) for number in range(start, start + 20)))
        assert len(world.resolver._memory.homes) <= 50
        assert len(world.resolver._memory.shapes) <= 50
    world.hot.close()


def test_after_a_rollback_the_engine_goes_on_from_what_is_committed(world: World) -> None:
    world.tell(login("u:ann", "a:x"))
    lost = world.resolver.link([login("u:ann", "a:y", at=1), login("u:bob", "a:x", at=2)], [7, 8], NOON)
    roll_back(world.hot, lost.save)
    world.resolver.forget(lost)
    world.tell(seen("a:y", at=3))
    assert not world.together("u:ann", "a:y")
    assert world.together("u:ann", "a:x")


def test_a_restart_forgets_nothing(world: World) -> None:
    told = a_neighbourhood(Random(5), 120)
    for subject in told[:60]:
        world.tell(subject)
        world.restart()
    world.tell(*told[60:])
    restarted = owners(world, told)
    (world.folder / "other").mkdir()
    other = World(world.folder / "other")
    other.tell(*told)
    assert restarted == owners(other, told)
    other.hot.close()


def test_an_earlier_sight_of_a_founder_makes_it_the_older_one(world: World) -> None:
    world.tell(said("sighting", "a:x", at=5), said("sighting", "a:y", at=3))
    world.tell(said("together", "a:x a:y", at=10))
    assert world.owner("a:x") == world.anchor("a:y")
    world.tell(seen("a:x", at=1))
    assert world.owner("a:y") == world.anchor("a:x")


def test_a_repeated_link_writes_no_component_again(world: World) -> None:
    world.tell(login("u:ann", "a:x"))
    linked = world.tell(login("u:ann", "a:x", at=1, event="again"))
    assert linked.writes.components == []
    assert [row[1:] for row in linked.evidence] == [(NOON + 60_000, "again")]


def test_evidence_survives_every_move_from_young_to_old(tmp_path: Path) -> None:
    hot = HotStore(tmp_path / "hot.sqlite")
    random, log, told = Random(1), EvidenceLog(young_rows=40), []
    for batch in range(60):
        rows: list[Occurrence] = [
            (random.randrange(1, 30), random.randrange(1000), f"é{batch}-{number}") for number in range(15)
        ]
        told += rows
        with hot.write() as connection:
            log.append(connection, rows)
        if batch % 7 == 0:
            log = EvidenceLog(young_rows=40)  # as after a restart, in the middle of a move or not
        with hot.read() as connection:
            kept = times_of(connection, range(1, 30))
            newest = last_times(connection, range(1, 30))
        assert sorted((one, *when) for one, times in kept.items() for when in times) == sorted(told)
        assert newest == {one: max(at for at, _ in times) for one, times in kept.items()}
    with hot.read() as connection:
        assert connection.execute("SELECT count(*) FROM evidence").fetchone()[0] > 0
    hot.close()


def test_many_small_batches_are_found_in_few_and_none_is_lost_or_doubled(tmp_path: Path) -> None:
    hot = HotStore(tmp_path / "hot.sqlite")
    random, log, told = Random(2), EvidenceLog(), []
    for batch in range(400):
        many = 3_000 if batch == 150 else random.randrange(1, 4)
        rows: list[Occurrence] = [
            (random.randrange(1, 40), random.randrange(1000), f"é{batch}-{number}") for number in range(many)
        ]
        if batch % 70 == 50:  # in the middle of gathering, and once where batches become one
            roll_back(hot, lambda connection, rows=rows: log.append(connection, rows))  # type: ignore[misc]
            log.forget()
        told += rows
        with hot.write() as connection:
            log.append(connection, rows)
    with hot.read() as connection:
        kept = times_of(connection, range(1, 40))
        young, held = connection.execute("SELECT count(*), sum(rows) FROM evidence_young").fetchone()
    assert sorted((one, *when) for one, times in kept.items() for when in times) == sorted(told)
    assert held == len(told)
    assert young < 200
    hot.close()


def test_a_rolled_back_append_leaves_the_log_as_it_was(tmp_path: Path) -> None:
    hot = HotStore(tmp_path / "hot.sqlite")
    log = EvidenceLog(young_rows=4)
    rows: list[Occurrence] = [(number, number, "e") for number in range(1, 4)]
    with hot.write() as connection:
        log.append(connection, rows)
    roll_back(hot, lambda connection: log.append(connection, rows))
    log.forget()
    with hot.write() as connection:
        log.append(connection, [(9, 9, "f")])
    with hot.read() as connection:
        assert times_of(connection, range(10)) == {1: [(1, "e")], 2: [(2, "e")], 3: [(3, "e")], 9: [(9, "f")]}
    hot.close()


def test_an_event_that_breaks_linking_leaves_nothing_behind(world: World) -> None:
    world.tell(login("u:ann", "a:x"))
    broken = said("identify", "u:bob", "a:y", at=1, statements=(Statement("set", "plan", object()),))
    with pytest.raises(TypeError):
        world.resolver.link([login("u:ann", "a:z", at=1), broken], [1, 2], NOON)
    linked = world.tell(login("u:ann", "a:z", at=1))
    assert len(linked.writes.new_nodes) == 1
    assert world.together("u:ann", "a:z")
