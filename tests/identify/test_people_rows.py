"""Whoever a batch or decision changed is marked, and read in bulk is what the profile shows; others need no look."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from engine_under_test import Engine
from random_logs import EVERYBODY, PLAIN, TRUSTED, a_log, blocking_steps, hub_log, phones_log
from test_identity_equals_reference import MEMORY_DISK, named

from zuji.identify.current import Person, owners_ever, people_now
from zuji.identify.linked import Linked
from zuji.identify.profile import page_of_profiles, profile
from zuji.run.commit import mark_people
from zuji.store import profile_changes
from zuji.store.profile_changes import EVERY_OWNER
from zuji.terms.error import BadRequest, Conflict, NotFound
from zuji.terms.identifier import Identifier
from zuji.terms.subject import Statement, Subject


class Followed(Engine):
    """An engine whose marks are worked off now and then into rows, as the profile loop does it."""

    def __init__(self, folder: Path, *, tiny: bool) -> None:
        super().__init__(folder, memory="tiny" if tiny else "roomy")
        self.rows: dict[int, Person] = {}
        self.sequence = 0

    def _commit(self, linked: Linked) -> Linked:
        self.sequence += 1
        with self.hot.write() as connection:
            mark_people(connection, linked, self.sequence)
        return super()._commit(linked)

    def work_off(self) -> None:
        with self.hot.write() as connection:
            marks = profile_changes.marks_after(connection, 0, 1000)
            wanted = {mark.number for mark in marks}
            wanted |= owners_ever(connection, "default", [m.number for m in marks if m.scope == EVERY_OWNER])
            for person in people_now(connection, "default", wanted):
                if not person.is_plain or person.id in self.rows:
                    self.rows[person.id] = person
            profile_changes.unmark(connection, marks)

    def shown(self) -> dict[int, Person]:
        """Everybody of whom there is something to say, read one by one as a reader of profiles does."""
        page, _ = page_of_profiles(self.hot, "default", after=0, limit=1000)
        people = [profile(self.hot, "default", one.id) for one in page]
        return {
            one.id: Person(
                one.id,
                one.identified,
                min(held.first_seen for held in one.identifiers),
                tuple(held.identifier for held in one.identifiers),
                {name: trait.value for name, trait in one.traits.items()},
            )
            for one in people
            if one is not None
        }

    def decide_something(self, chance: Random) -> None:
        """Something that an operator may decide; most of it is refused, which changes nobody."""
        one, other = (named(chance.choice(EVERYBODY)) for _ in range(2))
        what, words = chance.choice(
            [
                ("merge", {"a": one, "b": other}),
                ("split", {"profile": one, "leaving": [one]}),
                ("split", {"profile": one, "leaving": [other]}),
                ("lift", {"a": one, "b": other}),
                ("block", {"identifier": one}),
                ("unblock", {"identifier": one}),
                ("delete_source_data", {"source": chance.choice([PLAIN, TRUSTED, "nobody"])}),
            ]
        )
        with contextlib.suppress(Conflict, NotFound, BadRequest):
            self.decide(what, words, id=f"decision-{self.sequence}")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In memory where that is possible."""
    with tempfile.TemporaryDirectory(dir=MEMORY_DISK if MEMORY_DISK.is_dir() else tmp_path) as name:
        yield Path(name)


def a_long_log(chance: Random, number: int) -> list[Subject]:
    if number % 10 == 9:
        return hub_log(chance)
    if number % 10 == 8:
        return phones_log(chance)
    if number % 10 == 7:
        return [step for step in blocking_steps(chance) if isinstance(step, Subject)]
    return a_log(chance, most=40)


@pytest.mark.parametrize("ten", range(20))
def test_the_rows_of_the_marked_are_what_the_profiles_show(ten: int, folder: Path) -> None:
    for number in range(10 * ten, 10 * ten + 10):
        chance = Random(number)
        place = folder / str(number)
        place.mkdir()
        engine = Followed(place, tiny=chance.random() < 0.3)
        log = a_long_log(chance, number)
        chance.shuffle(log)
        while log:
            size = chance.randint(1, 8)
            batch, log = log[:size], log[size:]
            if chance.random() < 0.1:
                engine.lose(batch)
            engine.link(batch)
            if chance.random() < 0.3:
                engine.decide_something(chance)
            if chance.random() < 0.1:
                engine.restart()
            if chance.random() < 0.5:
                engine.work_off()
                compare(engine, f"log {number}, {len(log)} to come")
        engine.work_off()
        compare(engine, f"log {number}")
        engine.close()


def compare(engine: Followed, where: str) -> None:
    shown = engine.shown()
    rows = {number: person for number, person in engine.rows.items() if person.identifiers}
    missing = {number for number, person in shown.items() if not person.is_plain} - rows.keys()
    assert not missing, where
    assert rows == {number: shown.get(number) for number in rows}, where


def test_what_a_deleted_source_said_of_a_lone_identifier_leaves_its_row(folder: Path) -> None:
    engine = Followed(folder, tiny=False)
    device = Identifier("anonymous_id", "a")
    said = Subject("default", PLAIN, "public", 5, "m1", "sighting", (device,), statements=(Statement("set", "x", 1),))
    engine.link([said])
    engine.work_off()
    assert [person.traits for person in engine.rows.values()] == [{"x": 1}]
    engine.decide("delete_source_data", {"source": PLAIN})
    engine.work_off()
    assert list(engine.rows.values()) == [Person(1, False, 5, (device,), {})]
    engine.close()


def test_a_claim_alone_makes_a_row(folder: Path) -> None:
    engine = Followed(folder, tiny=False)
    phone, device = Identifier("phone", "+8613812345678"), Identifier("anonymous_id", "a")
    engine.link([Subject("default", PLAIN, "secret", 5, "m1", "together", (phone,), (device,))])
    engine.work_off()
    engine.link([Subject("default", PLAIN, "secret", 6, "m2", "bind", (phone,), (), True)])
    engine.work_off()
    compare(engine, "after the claim")
    assert [person.identified for person in engine.rows.values()] == [True]
    engine.close()


def test_a_sighting_of_somebody_known_marks_nobody(folder: Path) -> None:
    engine = Followed(folder, tiny=False)
    seen = [
        Subject("default", PLAIN, "public", at, f"s{at}", "sighting", (Identifier("anonymous_id", "a"),))
        for at in range(5, 10)
    ]
    for subject in seen:
        assert engine.link([subject]).marked == set()
    engine.close()
