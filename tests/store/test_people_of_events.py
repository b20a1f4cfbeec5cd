"""Whose an event is: the engine's answer equals a plain look-up, whatever changed, was loaded or restarted."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from event_rows import event_row, event_table

from zuji.store import people_map
from zuji.store.events import EventStore
from zuji.store.outbox import PeopleRows, PersonRow, SliceRow
from zuji.store.people_map import LARGEST_FLAT, account_of, layout_for
from zuji.store.query import Query

EVER, NEVER = -(2**53), 2**53
NOON = 1_760_000_000_000
MOMENTS = [-2_000_000_000_000, -1, 0, 1, *range(NOON - 3, NOON + 4), 10_000_000_000_000]
"""The first and last lie near the ends of the engine's times."""
ANCHORS = 24


@dataclass
class Plain:
    """The two tables as dictionaries, and the rule as it is written."""

    people: dict[int, tuple[int, int]] = field(default_factory=dict)
    slices: dict[int, tuple[int, list[tuple[int, int, int]]]] = field(default_factory=dict)

    def take(self, rows: PeopleRows) -> None:
        for row in rows.people:
            if row.version >= self.people.get(row.anchor, (0, 0))[0]:
                self.people[row.anchor] = (row.version, row.person)
        for anchor in {row.anchor for row in rows.slices}:
            mine = [row for row in rows.slices if row.anchor == anchor]
            self.slices[anchor] = (mine[0].version, [(row.from_ms, row.to_ms, row.person) for row in mine])

    def person(self, anchor: int, at: int) -> int:
        if anchor == 0:
            return 0
        if anchor in self.slices:
            return next(person for start, end, person in self.slices[anchor][1] if start <= at < end)
        return self.people.get(anchor, (0, anchor))[1]

    def everybody(self) -> list[tuple[int, int, int]]:
        return [(anchor, at, self.person(anchor, at)) for anchor in range(ANCHORS) for at in MOMENTS]


def answered(store: EventStore) -> tuple[int, list[tuple[int, int, int]]]:
    """The identity version, and whose every anchor is at every moment."""
    whose = store.person_of_event()
    sql = f"SELECT anchor, toUnixTimestamp64Milli(occurred_at) AS at, {whose.sql} AS person FROM zuji.events"
    found = store.query(Query(sql, whose.params)).to_pylist()
    return whose.version, sorted((row["anchor"], row["at"], row["person"]) for row in found)


def fill(store: EventStore) -> None:
    """An event of every anchor at every moment."""
    pairs = [(anchor, at) for anchor in range(ANCHORS) for at in MOMENTS]
    rows = [event_row(number, anchor=anchor, at=at) for number, (anchor, at) in enumerate(pairs, 1)]
    for at in MOMENTS:
        store.insert(event_table([row for row in rows if row["occurred_at"] == at]))


def some_changes(chance: random.Random, version: int) -> PeopleRows:
    """Anchors that moved to somebody, got stretches, or lost them; as identity writes them, and a little worse."""
    people, slices = [], []
    for anchor in chance.sample(range(1, ANCHORS), chance.randint(0, 4)):
        person = chance.choice([0, anchor, *range(1, ANCHORS), 2**63 - 1])
        if chance.random() < 0.6:
            people.append(PersonRow("default", anchor, person, version))
        if chance.random() < 0.3:
            cuts = sorted(chance.sample(MOMENTS[1:], chance.choice([0, 1, 1, 2, 5])))
            for start, end in zip([EVER, *cuts], [*cuts, NEVER], strict=True):
                slices.append(SliceRow("default", anchor, start, end, chance.choice([0, person, anchor]), version))
    chance.shuffle(slices)
    return PeopleRows(tuple(people), tuple(slices))


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads after a few changes, and pairs of dictionaries that are free again soon."""
    monkeypatch.setattr(people_map, "ENOUGH", 6)
    monkeypatch.setattr(people_map, "ENOUGH_UNASKED", 12)
    monkeypatch.setattr(people_map, "QUIET_S", 0.2)
    monkeypatch.setattr(people_map, "REST", 0)


@contextmanager
def filled(folder: Path) -> Iterator[EventStore]:
    with closing(EventStore.open(folder)) as store:
        fill(store)
        yield store


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.usefixtures("eager")
def test_the_person_of_an_event_is_what_a_plain_look_up_finds(seed: int, tmp_path: Path) -> None:
    chance, plain = random.Random(seed), Plain()
    with filled(tmp_path / "events") as store:
        versions = [_live(store, plain, chance, first=1)]
    for start in (100, 200):
        with closing(EventStore.open(tmp_path / "events")) as store:
            assert answered(store)[1] == plain.everybody(), "after a restart"
            versions.append(_live(store, plain, chance, first=start))
    assert versions == sorted(set(versions))


def _live(store: EventStore, plain: Plain, chance: random.Random, *, first: int) -> int:
    """Change people over and over and compare; gives the last identity version."""
    seen = 0
    for version in range(first, first + 30):
        rows = some_changes(chance, version)
        for _ in range(chance.choice([1, 1, 1, 2])):  # a crash between insert and answer makes the same rows come again
            store.insert_owners(rows)
        plain.take(rows)
        if chance.random() < 0.7:
            number, found = answered(store)
            assert found == plain.everybody()
            assert number >= seen
            seen = number
    return store.person_of_event().version


@pytest.mark.usefixtures("eager")
def test_while_people_change_and_loads_go_on_every_answer_is_that_of_its_version(tmp_path: Path) -> None:
    chance, plain = random.Random(5), Plain()
    states: dict[int, list[tuple[int, int, int]]] = {}
    answers: list[tuple[int, list[tuple[int, int, int]]]] = []
    over = threading.Event()
    with filled(tmp_path / "events") as store:
        states[store.person_of_event().version] = plain.everybody()

        def ask() -> None:
            while not over.is_set():
                answers.append(answered(store))

        askers = [threading.Thread(target=ask) for _ in range(2)]
        for thread in askers:
            thread.start()
        until = time.monotonic() + 6
        version = 0
        while time.monotonic() < until:
            version += 1
            rows = some_changes(chance, version)
            store.insert_owners(rows)
            plain.take(rows)
            states[store.person_of_event().version] = plain.everybody()
        over.set()
        for thread in askers:
            thread.join()
    assert len(answers) > 20
    for number, found in answers:
        assert found == states[number]


def test_an_erased_anchor_is_a_person_of_its_own_again_under_a_new_version(events: EventStore) -> None:
    parts = [SliceRow("default", 5, EVER, NOON, 4, 17), SliceRow("default", 5, NOON, NEVER, 3, 17)]
    before = events.person_of_event().version
    events.insert_owners(PeopleRows(slices=tuple(parts)))
    between = events.person_of_event().version
    events.delete_anchors("default", [5])
    after = events.person_of_event().version
    assert before < between < after
    events.insert(event_table([event_row(1, anchor=5, at=NOON)]))
    assert answered(events) == (after, [(5, NOON, 5)])


def test_what_does_not_change_costs_no_bound_value(events: EventStore) -> None:
    events.insert_owners(PeopleRows(people=(PersonRow("default", 5, 4, 1),)))
    assert events.person_of_event().params == {}, "the first load found it in the table"
    events.insert_owners(PeopleRows(people=(PersonRow("default", 6, 4, 2),)))
    whose = events.person_of_event()
    assert whose.params == {"people_anchors": [6], "people_to": [4]}
    assert "occurred_at" not in whose.sql, "without stretches the time need not be read"


def test_a_question_that_holds_an_old_answer_still_gets_the_people_of_that_moment(
    events: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_map, "TOO_MANY", 0)
    fill(events)
    old = events.person_of_event()
    for version in range(1, 8):  # more loads than there are pairs of dictionaries
        events.insert_owners(PeopleRows(people=(PersonRow("default", version, 20, version),)))
        events.person_of_event()
    sql = f"SELECT countIf({old.sql} != anchor) AS moved FROM zuji.events"
    assert events.query(Query(sql, old.params))["moved"].to_pylist() == [0]
    new = events.person_of_event()
    sql = f"SELECT countIf({new.sql} != anchor) AS moved FROM zuji.events"
    assert events.query(Query(sql, new.params))["moved"].to_pylist() == [7 * len(MOMENTS)]


@pytest.mark.parametrize(
    ("location", "account"),
    [
        ("/data/events", ""),
        ("http://localhost:8123", ""),
        ("https://zuji:it%27s%5C@db:8443/x", "USER 'zuji' PASSWORD 'it\\'s\\\\' "),
    ],
)
def test_a_server_reads_its_tables_as_the_user_we_are(location: str, account: str) -> None:
    assert account_of(location) == account


def test_anchors_beyond_a_hundred_million_do_not_make_the_array_grow(events: EventStore) -> None:
    far = 50 * LARGEST_FLAT
    events.insert_owners(PeopleRows(people=(PersonRow("default", far, 3, 1),)))
    assert layout_for(far) == "HASHED_ARRAY()"
    whose = events.person_of_event()
    sql = f"SELECT {whose.sql} AS person FROM (SELECT {{far:UInt64}} AS anchor, now64(3) AS occurred_at)"
    assert events.query(Query(sql, {**whose.params, "far": far}))["person"].to_pylist() == [3]
