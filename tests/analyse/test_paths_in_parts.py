"""How paths are worked out does not show: some people at a time or all at once, by packed words or plain columns."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from analyse.engine import Engine
from analyse.random_questions.paths import random_question
from analyse.reference.world import Event, World
from analyse.test_engine_equals_reference import outcome
from analyse.worlds import random_world
from zuji.analyse import journeys, threads, walks
from zuji.analyse.threads import in_order, whole_parts

NOON = 1_772_366_400_000  # 1 March 2026, 12:00 UTC
DAY = {"date_from": "2026-03-01", "date_to": "2026-03-01", "timezone": "UTC"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(tmp_path_factory.mktemp("paths") / "events")
    yield opened
    opened.close()


def an_event(place: int, name: str, *, person: int, at: int) -> Event:
    return Event(position=place, event_id=f"e{place}", anchor=person % 1000, person=person, at=at, event=name)


def test_whether_walked_in_parts_or_whole_the_paths_are_the_same(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(15)
    for _ in range(3):
        world = random_world(rng)
        loaded = engine.load(world)
        for question in [random_question(rng, world) for _ in range(5)]:
            whole = outcome(partial(loaded.answer, "paths", question))
            with monkeypatch.context() as small:
                small.setattr(walks, "NEAR", 7)
                small.setattr(threads, "NEAR", 3)
                assert outcome(partial(loaded.answer, "paths", question)) == whole, question


def test_whether_read_packed_or_plainly_the_paths_are_the_same(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(16)
    for _ in range(3):
        world = random_world(rng)
        loaded = engine.load(world)
        for question in [random_question(rng, world) for _ in range(5)]:
            packed = outcome(partial(loaded.answer, "paths", question))
            with monkeypatch.context() as plain:
                plain.setattr(journeys, "_WORD_BITS", 1)
                assert outcome(partial(loaded.answer, "paths", question)) == packed, question


def test_people_with_numbers_beyond_the_word_are_walked_and_named(engine: Engine) -> None:
    events = (
        an_event(1, "A", person=2**50 + 1, at=NOON),
        an_event(2, "B", person=2**50 + 1, at=NOON + 1000),
        an_event(3, "A", person=2, at=NOON),
    )
    loaded = engine.load(World(events, {}, "UTC"))
    assert [(edge["from"], edge["to"], edge["count"]) for edge in loaded.answer("paths", DAY)["edges"]] == [
        ("A", "B", 1)
    ]
    assert loaded.people("paths", DAY, {"step": 1, "from": "A", "to": "B"}) == {2**50 + 1}


def test_one_person_last_at_the_end_of_a_range_and_the_next_first_at_its_beginning_share_no_trip(
    engine: Engine,
) -> None:
    begin = NOON - 12 * 3_600_000
    events = (
        an_event(1, "A", person=1, at=begin + 24 * 3_600_000 - 1),
        an_event(2, "B", person=2, at=begin),
    )
    answer = engine.load(World(events, {}, "UTC")).answer("paths", {**DAY, "session_gap_minutes": 1_440})
    assert (answer["trips"], answer["people"], answer["edges"]) == (2, 2, [])


def test_words_are_put_in_order_whatever_their_order_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "FEW_WORDS", 1_500)
    rng = np.random.default_rng(3)
    for words in (rng.integers(0, 2**63, 5_000), rng.integers(0, 3, 5_000), np.zeros(5_000, np.int64)):
        unsigned = words.astype(np.uint64)
        assert in_order(words).tolist() == sorted(words.tolist())
        assert in_order(unsigned).tolist() == sorted(words.tolist())


def test_parts_hold_everything_once_and_cut_nothing_that_belongs_together() -> None:
    ordered = np.sort(np.random.default_rng(4).integers(0, 400, 1_000))
    parts = [ordered[part] >> 3 for part in whole_parts(ordered, 3, 10)]
    assert np.concatenate(parts).tolist() == (ordered >> 3).tolist()
    assert all(one[-1] != other[0] for one, other in pairwise(parts))
    assert max(map(len, parts)) < 60
