"""Answers given again: only while nothing they depend on has changed, whatever changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from analyse.engine import Engine, Loaded
from analyse.reference.world import Event, Profile, World
from zuji.analyse.ask import Asked, Asking
from zuji.store.outbox import PersonRow
from zuji.store.profiles import ProfileRow

DAY = 86_400_000
NOON = 1_772_596_800_000  # 4 March 2026, 12:00 in Shanghai
PAST = {"event": "A", "date_from": "2026-03-02", "date_to": "2026-03-04"}
VIP = {**PAST, "where": [{"property": "vip", "scope": "profile", "op": "equals", "value": True}]}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(tmp_path_factory.mktemp("recall") / "events")
    yield opened
    opened.close()


@pytest.fixture
def loaded(engine: Engine) -> Loaded:
    events = [Event(number, f"e{number}", number, number, NOON + number, "A") for number in (1, 2)]
    return engine.load(World(tuple(events), {1: Profile(1, {"vip": True})}))


def ask(engine: Engine, loaded: Loaded, question: dict[str, Any]) -> Asked:
    return engine.asker.ask("stickiness", question, Asking(loaded.workspace))


def came(engine: Engine, loaded: Loaded, at: int) -> None:
    """One more event of person 1."""
    engine.add(World((Event(at % 1_000_003, f"e{at}", 1, 1, at, "A"),)), loaded)


def remembered(asked: Asked) -> bool:
    return any("Answered before" in note for note in asked.notes)


def test_the_same_question_about_the_past_is_answered_once(engine: Engine, loaded: Loaded) -> None:
    first, second = ask(engine, loaded, PAST), ask(engine, loaded, PAST)
    assert (remembered(first), remembered(second)) == (False, True)
    assert second.answer == first.answer
    assert not second.sql


def test_events_after_the_range_change_nothing_and_late_ones_inside_it_do(engine: Engine, loaded: Loaded) -> None:
    ask(engine, loaded, PAST)
    came(engine, loaded, NOON + DAY)
    assert remembered(ask(engine, loaded, PAST))
    came(engine, loaded, NOON - DAY)
    late = ask(engine, loaded, PAST)
    assert not remembered(late)
    assert late.answer["counts"] == [1, 1, 0]


def test_a_merge_makes_the_question_be_asked_anew(engine: Engine, loaded: Loaded) -> None:
    assert ask(engine, loaded, PAST).answer["counts"] == [2, 0, 0]
    row = PersonRow(loaded.workspace, loaded.moved(2), loaded.moved(1), 10**9)
    engine.store.insert_people([row])
    merged = ask(engine, loaded, PAST)
    assert (remembered(merged), merged.answer["counts"]) == (False, [1, 0, 0])


def test_a_changed_trait_counts_only_where_the_question_looks_at_traits(engine: Engine, loaded: Loaded) -> None:
    assert ask(engine, loaded, VIP).answer["counts"] == [1, 0, 0]
    ask(engine, loaded, PAST)
    engine.store.insert_profiles([known(loaded, 2, '{"vip":true}')])
    assert remembered(ask(engine, loaded, PAST))
    both = ask(engine, loaded, VIP)
    assert (remembered(both), both.answer["counts"]) == (False, [2, 0, 0])


def known(loaded: Loaded, person: int, traits: str) -> ProfileRow:
    return ProfileRow(loaded.workspace, loaded.moved(person), True, 0, (), traits, 2)


def test_what_was_erased_is_never_given_again(engine: Engine, loaded: Loaded) -> None:
    ask(engine, loaded, PAST)
    engine.store.delete_anchors(loaded.workspace, [loaded.moved(2)])
    after = ask(engine, loaded, PAST)
    assert (remembered(after), after.answer["counts"]) == (False, [1, 0, 0])


def test_a_question_that_reaches_beyond_now_is_never_remembered(engine: Engine, loaded: Loaded) -> None:
    today = {"event": "A", "date_from": "2026-03-02", "date_to": "2026-06-30"}
    ask(engine, loaded, today)
    assert not remembered(ask(engine, loaded, today))


def test_a_question_that_asks_for_now_is_never_remembered(engine: Engine, loaded: Loaded) -> None:
    lately = {"property": "$occurred_at", "op": "within_last", "value": {"amount": 90, "unit": "day"}}
    recent = {**PAST, "where": [lately]}
    ask(engine, loaded, recent)
    assert not remembered(ask(engine, loaded, recent))
