"""How a funnel is worked out does not show: in parts or whole, by packed words or wide rows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial

import pytest

from analyse.engine import Engine
from analyse.random_questions.funnel import random_question
from analyse.reference.world import Event, World
from analyse.test_engine_equals_reference import outcome
from analyse.worlds import random_world
from zuji.analyse import funnel_attempts, funnel_events, funnel_placed
from zuji.analyse.ask import Asking
from zuji.analyse.funnel_question import Funnel
from zuji.analyse.funnel_ties import Filling, entries, filling
from zuji.analyse.question import read_question
from zuji.terms.error import BadQuestion

NOON = 1_772_366_400_000  # 1 March 2026, 12:00 UTC
STEPS = {"steps": [{"event": "A"}, {"event": "B"}], "now": "2026-03-02T00:00:00Z", "timezone": "UTC"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(tmp_path_factory.mktemp("funnel") / "events")
    yield opened
    opened.close()


def a_world(*happened: tuple[str, int], person: int = 1) -> World:
    """One person's events: (name, seconds after noon), received in this order."""
    events = tuple(
        Event(position=place, event_id=f"e{place}", anchor=1, person=person, at=NOON + 1000 * second, event=name)
        for place, (name, second) in enumerate(happened, start=1)
    )
    return World(events, {}, "UTC")


def test_whether_looked_at_in_parts_or_whole_the_answer_is_the_same(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(5)
    for _ in range(3):
        world = random_world(rng)
        loaded = engine.load(world)
        for question in [random_question(rng, world) for _ in range(5)]:
            whole = outcome(partial(loaded.answer, "funnel", question))
            with monkeypatch.context() as small:
                small.setattr(funnel_attempts, "ROWS_AT_ONCE", 64)
                assert outcome(partial(loaded.answer, "funnel", question)) == whole, question


def test_people_whose_numbers_fit_no_word_are_read_as_wide_rows(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(6)
    for _ in range(3):
        world = random_world(rng)
        loaded = engine.load(world)
        for question in [random_question(rng, world) for _ in range(5)]:
            packed = outcome(partial(loaded.answer, "funnel", question))
            with monkeypatch.context() as wide:
                wide.setattr(funnel_events, "PEOPLE_BITS", 64)
                assert outcome(partial(loaded.answer, "funnel", question)) == packed, question


def test_a_person_with_a_number_beyond_the_word_is_counted_and_named(engine: Engine) -> None:
    loaded = engine.load(a_world(("A", 0), ("B", 1), person=2**50))
    assert [step["count"] for step in loaded.answer("funnel", STEPS)["steps"]] == [1, 1]
    assert loaded.people("funnel", STEPS, {"step": 2}) == {2**50}


def test_the_reason_of_a_person_is_when_they_did_each_step(engine: Engine) -> None:
    loaded = engine.load(a_world(("A", 0), ("A", 10), ("B", 12)))
    found = engine.asker.people("funnel", STEPS, {"step": 2}, Asking(loaded.workspace, "UTC")).people
    assert list(found.reasons.values()) == [["2026-03-01T12:00:10.000+00:00", "2026-03-01T12:00:12.000+00:00"]]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"steps": [{"event": "A"}]}, "length >= 2"),
        ({"order": "unordered", "require_increasing_time": True}, "require_increasing_time"),
        ({"attribution": "step"}, "`step` goes with attribution step"),
        ({"attribution": "step", "step": 3}, "there are 2 steps"),
        ({"exclusions": [{"event": "X", "from_step": 2}]}, "must come before"),
        ({"view": {"type": "over_time", "to_step": 5}}, "there are 2 steps"),
        ({"view": {"type": "steps", "bins": 3}}, "bins are for time_to_convert"),
        ({"windw": 1}, "There are: "),
    ],
)
def test_a_funnel_that_makes_no_sense_is_refused_with_what_would(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(BadQuestion, match=said):
        read_question(Funnel, {**STEPS, **wrong})


def test_a_funnel_over_a_life_is_refused_with_how_long_it_is_and_may_be(engine: Engine) -> None:
    loaded = engine.load(a_world(("A", 0), ("B", 1)))
    question = {**STEPS, "window": {"amount": 3650, "unit": "day"}}
    assert loaded.answer("funnel", {**question, "date_from": "1978-01-01"})["steps"][0]["count"] == 1
    with pytest.raises(BadQuestion, match=r"may be 69 years long, these are 71\.1\. Ask for a shorter range\."):
        loaded.answer("funnel", {**question, "date_from": "1975-01-15"})


def test_too_much_work_for_one_unordered_step_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(funnel_placed, "MOST_WORK", 2)
    loaded = engine.load(a_world(("A", 0), ("A", 1), ("B", 2), ("B", 3)))
    question = {**STEPS, "order": "unordered", "attribution": "step", "step": 2}
    with pytest.raises(BadQuestion, match="shorter range"):
        loaded.answer("funnel", {**question, "breakdown": {"property": "plan"}})


def test_at_one_instant_events_share_out_the_steps_so_that_all_are_filled() -> None:
    both, second = 0b11, 0b10
    assert entries((both, second), "one_step_each", 2) == (0, 0)
    assert filling((second, both), "one_step_each", 2, allowed=1) == Filling(events=(0, 1), enters=0)
    assert entries((both, both), "one_event", 2) == (0, 0)
    assert entries((0b01, 0b10), "one_event", 2) == (0, 1)
    assert filling((0b101, 0b010), "runs_of_steps", 3, allowed=1) is None


def test_steps_stay_at_an_instant_as_long_as_they_can_the_last_ones_by_the_highest_event() -> None:
    assert filling((0b11, 0b11, 0b11), "one_step_each", 2, allowed=0b11) == Filling(events=(2, 1), enters=0)
    assert filling((0b11, 0b11, 0b11), "one_step_each", 2, allowed=0b10) == Filling(events=(2,), enters=1)
