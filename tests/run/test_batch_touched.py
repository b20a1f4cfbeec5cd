"""To ask those who were touched gives what asking everybody gives: on random worlds in which everything changes."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analyse.engine import EVER, Engine, Loaded
from analyse.hand import MONDAY, happened, world_of
from analyse.worlds import DAY, HOUR, MINUTE, random_profile, random_world
from tag.random_rules import random_moment, random_rule
from tag.test_history import NAMES, load, tag
from zuji.run import batch_touched
from zuji.run.batch_touched import Standing, standing_now, touched, whom_to_ask
from zuji.store.outbox import PeopleRows, PersonRow, SliceRow
from zuji.store.profiles import ProfileRow
from zuji.store.tag_values import TagChange
from zuji.tag.definition import Definition, Published, SavedPeople
from zuji.tag.graph import in_force
from zuji.tag.history import Among, Asked, definitions_query
from zuji.terms.error import BadRequest
from zuji.terms.period import Calendar

WORLDS = int(os.environ.get("TOUCHED_WORLDS", "8"))
"""To look for differences: TOUCHED_WORLDS=1000 TOUCHED_SEED=any ./zuji test tests/run/test_batch_touched.py"""
SEED = os.environ.get("TOUCHED_SEED", "11")
STEPS_OF_A_WORLD = 3
DEFINITIONS = 5
PASSES = [0, 1, MINUTE, 20 * MINUTE, HOUR, HOUR, 3 * HOUR, DAY, 8 * DAY, 40 * DAY]

Values = dict[str, dict[int, Any]]
"""By key, what everybody has."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(tmp_path_factory.mktemp("touched") / "events")
    yield opened
    opened.close()


class Changing:
    """A world in the store that goes on: events come in any order, people are merged and split, traits change."""

    def __init__(self, engine: Engine, rng: random.Random) -> None:
        self._engine, self._rng = engine, rng
        self.world = random_world(rng)
        self._later = [*self.world.events]
        rng.shuffle(self._later)
        self.loaded: Loaded = load(engine, replace(self.world, events=tuple(self._next())))
        # Whoever has a row of the newest version counts as touched: let that be somebody else than those of the world.
        engine.store.insert_profiles([ProfileRow(self.loaded.workspace, self.loaded.moved(999), False, 0, (), "{}", 9)])
        self.published = self._published()
        self.now_ms = random_moment(rng, self.world)
        self._version = 10
        self._saved: tuple[int, ...] = ()

    def standing(self) -> Standing:
        """What values rest on now."""
        calendar = Calendar(ZoneInfo(self.world.timezone))
        return standing_now(
            self._engine.store, self.loaded.workspace, self.published, calendar, {"s1": self._saved},
            now_ms=self.now_ms,
        )  # fmt: skip

    def goes_on(self) -> None:
        """Time passes, and any of what values rest on changes, or nothing does."""
        self._version += 1
        self.now_ms += self._rng.choice(PASSES)
        for change in self._rng.sample([self._come, self._own, self._own, self._say, self._give, self._save], 2):
            change()

    def _come(self) -> None:
        self._engine.add(replace(self.world, events=tuple(self._next())), self.loaded)

    def _next(self) -> list[Any]:
        few, self._later = self._later[:20], self._later[20:]
        return few

    def _own(self) -> None:
        """A merge, a split, or an anchor divided between people at a moment."""
        rng = self._rng
        anchor, first, second = (self.loaded.moved(rng.randint(1, 10)) for _ in range(3))
        at = random_moment(rng, self.world)
        if rng.random() < 0.5:
            whole = PersonRow(self.loaded.workspace, anchor, first, self._version)
            rows = PeopleRows(people=(whole,))
        else:
            ends = [(-EVER, at, first), (at, EVER, second)] if rng.random() < 0.7 else [(-EVER, EVER, second)]
            rows = PeopleRows(
                slices=tuple(SliceRow(self.loaded.workspace, anchor, *end, self._version) for end in ends)
            )
        self._engine.store.insert_owners(rows)

    def _say(self) -> None:
        said = random_profile(self._rng, self._rng.randint(1, 8))
        traits = json.dumps(dict(said.traits), ensure_ascii=False)
        row = ProfileRow(
            self.loaded.workspace, self.loaded.moved(said.person), False, 0, said.identifiers, traits, self._version
        )
        self._engine.store.insert_profiles([row])

    def _give(self) -> None:
        person = self.loaded.moved(self._rng.randint(1, 8))
        new = self._rng.choice(["v0", "v1", None])
        change = TagChange(
            workspace=self.loaded.workspace, person=person, kind="tag", key="t2", old=None, new=new, cause="set",
            at_ms=0, number=self._version, readable_at_ms=0,
        )  # fmt: skip
        self._engine.store.insert_tags([change])

    def _save(self) -> None:
        self._saved = tuple(self.loaded.moved(self._rng.randint(1, 8)) for _ in range(3))

    def _published(self) -> Published:
        """Rules that name one another, a given tag and a saved list."""
        named = [
            Definition("t2", "tag", 1, None, NAMES, origin="manual", value_type="text"),
            Definition("s1", "segment", 1, None, NAMES, members=SavedPeople("saved")),
            self._tag("t1", named=False),
        ]
        return in_force([*named, *(self._tag(f"d{number}") for number in range(DEFINITIONS))])

    def _tag(self, key: str, *, named: bool = True) -> Definition:
        while True:
            try:
                return tag(key, random_rule(self._rng, self.world, named=named))
            except BadRequest:
                continue


def asked_of(
    engine: Engine, changing: Changing, definitions: Sequence[Definition], now: Standing, among: Among | None
) -> Values:
    asked = Asked(changing.loaded.workspace, now.whose, now.calendar, now.at_ms, now.published, now.members, among)
    rows = engine.store.query(definitions_query(definitions, asked)).to_pylist()
    return {
        one.key: {row["person"]: row[f"v{place}"] for row in rows if row[f"v{place}"] not in (None, [])}
        for place, one in enumerate(definitions)
    }


def test_asking_those_touched_gives_what_asking_everybody_gives(engine: Engine) -> None:
    seed = random.SystemRandom().randrange(2**32) if SEED == "any" else int(SEED)
    rng = random.Random(seed)
    of_some = changed = 0
    for number in range(WORLDS):
        changing = Changing(engine, rng)
        ruled = [one for one in changing.published.definitions if one.key.startswith("d")]
        before = changing.standing()
        values = asked_of(engine, changing, ruled, before, None)
        for step in range(STEPS_OF_A_WORLD):
            changing.goes_on()
            now = changing.standing()
            expected = asked_of(engine, changing, ruled, now, None)
            for group, among in whom_to_ask(
                engine.store, changing.loaded.workspace, [(one, before) for one in ruled], now
            ):
                if among is None:
                    continue
                found = asked_of(engine, changing, group, now, among)
                for one in group:
                    kept = {who: value for who, value in values[one.key].items() if who not in among.people}
                    assert kept | found[one.key] == expected[one.key], (seed, number, step, one.document, one.rule)
                    of_some += 1
                    changed += expected[one.key] != values[one.key]
            before, values = now, expected
    assert of_some > WORLDS * STEPS_OF_A_WORLD
    assert changed > WORLDS / 4


MANY = in_force([tag("many", {"value": {"measure": "count", "event": None}})])
AT = MONDAY + HOUR


@pytest.fixture
def three(engine: Engine) -> Loaded:
    """Three people with an event each."""
    return engine.load(replace(world_of(*(happened("A", 0, person) for person in (1, 2, 3))), profiles={}))


def standing(engine: Engine, loaded: Loaded, published: Published = MANY, at: int = AT) -> Standing:
    return standing_now(engine.store, loaded.workspace, published, Calendar(ZoneInfo("UTC")), {}, now_ms=at)


def who(engine: Engine, loaded: Loaded, before: Standing, now: Standing) -> set[int] | None:
    among = touched(engine.store, loaded.workspace, now.published.definitions, before, now)
    return None if among is None else {person - loaded.moved(1) + 1 for person in among.people}


def test_nobody_is_touched_where_nothing_happened(engine: Engine, three: Loaded) -> None:
    assert who(engine, three, standing(engine, three), standing(engine, three, at=AT + HOUR)) == set()


def test_who_brings_an_event_of_long_ago_is_touched(engine: Engine, three: Loaded) -> None:
    before = standing(engine, three)
    engine.add(replace(world_of(happened("A", -9 * 86_400, 2)), profiles={}), three)
    assert who(engine, three, before, standing(engine, three)) == {2}


def test_who_loses_an_identifier_is_touched_like_who_gains_it(engine: Engine, three: Loaded) -> None:
    before = standing(engine, three)
    engine.store.insert_people([PersonRow(three.workspace, three.moved(3), three.moved(1), 20)])
    assert who(engine, three, before, standing(engine, three)) == {1, 3}


def test_an_event_that_leaves_a_window_touches_its_person_when_the_window_moves(engine: Engine, three: Loaded) -> None:
    hour = {"measure": "count", "event": "A", "window": {"last": {"amount": 1, "unit": "hour"}}}
    rules = in_force([tag("lately", {"value": hour})])
    before = standing(engine, three, rules, MONDAY + HOUR - MINUTE)
    assert who(engine, three, before, standing(engine, three, rules, MONDAY + HOUR - 1)) == set()
    assert who(engine, three, before, standing(engine, three, rules, MONDAY + HOUR)) == {1, 2, 3}


def test_the_time_since_an_event_changes_for_everybody(engine: Engine, three: Loaded) -> None:
    rules = in_force([tag("ago", {"value": {"measure": "since_last", "event": "A", "unit": "minute"}})])
    before = standing(engine, three, rules)
    [(group, among)] = whom_to_ask(
        engine.store, three.workspace, [(rules.definitions[0], before)], standing(engine, three, rules, AT + MINUTE)
    )
    assert ([one.key for one in group], among) == (["ago"], None)


def test_a_date_counted_back_from_now_changes_for_everybody_when_its_day_ends(engine: Engine, three: Loaded) -> None:
    rules = in_force([tag("young", {"when": {"trait": "born", "op": "after", "value": "-7d"}})])
    before = standing(engine, three, rules)
    assert who(engine, three, before, standing(engine, three, rules, AT + HOUR)) == set()
    assert who(engine, three, before, standing(engine, three, rules, AT + DAY)) is None


def test_after_a_publishing_or_an_erasure_everybody_is_asked(engine: Engine, three: Loaded) -> None:
    before = standing(engine, three)
    again = in_force([*MANY.definitions, tag("more", {"value": {"measure": "days", "event": None}})])
    assert who(engine, three, before, standing(engine, three, again)) is None
    engine.store.delete_anchors(three.workspace, [three.moved(3)])
    assert who(engine, three, before, standing(engine, three)) is None


def test_where_more_were_touched_than_a_query_can_name_everybody_is_asked(
    engine: Engine, three: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = standing(engine, three)
    engine.add(replace(world_of(happened("A", -9 * 86_400, 2), happened("A", -9 * 86_400, 3)), profiles={}), three)
    monkeypatch.setattr(batch_touched, "MOST_TOUCHED", 2)
    assert who(engine, three, before, standing(engine, three)) == {2, 3}
    monkeypatch.setattr(batch_touched, "MOST_TOUCHED", 1)
    assert who(engine, three, before, standing(engine, three)) is None
