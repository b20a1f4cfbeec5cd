"""Answers given again: only while nothing they depend on has changed, whatever changes."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from analyse.engine import Engine, Loaded
from analyse.reference.world import Event, Profile, World
from analyse.worlds import random_world
from zuji.analyse.ask import Asked, Asker, Asking
from zuji.analyse.kinds import KINDS
from zuji.analyse.recall import reach_of
from zuji.store.outbox import PersonRow
from zuji.store.profiles import ProfileRow
from zuji.terms.error import BadRequest

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


def test_a_condition_on_a_date_that_moves_is_never_remembered(engine: Engine, loaded: Loaded) -> None:
    for value, stays in (("-7d", False), ("mStart", False), ("2026-03-04", True)):
        dated = {**PAST, "where": [{"property": "$occurred_at", "op": "before", "value": value}]}
        ask(engine, loaded, dated)
        assert remembered(ask(engine, loaded, dated)) == stays


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"funnel", "session"}))
def test_what_comes_after_the_reach_of_a_kind_changes_no_answer(kind: str, engine: Engine) -> None:
    questions = importlib.import_module(f"analyse.random_questions.{kind}")
    rng = Random(kind)
    worlds = [world for world in (random_world(rng) for _ in range(2)) if world.events]
    for world, loaded in zip(worlds, engine.load_all(worlds), strict=True):
        every = [answered(engine, loaded, kind, questions.random_question(rng, world)) for _ in range(5)]
        # The farthest reach first: what comes after it comes after all that are still to be asked again.
        asked = sorted((one for one in every if one[0] is not None), key=lambda one: one[0] or 0, reverse=True)
        for number, (end, question, before) in enumerate(asked, start=1):
            name = rng.choice(world.events).event
            engine.add(World((Event(10**6 + number, f"l{number}", 1, 1, end or 0, name, fields=PAID),)), loaded)
            assert answered(engine, loaded, kind, question)[2] == before, f"{kind} {question!r}"


PAID = {"amount": Decimal(5), "currency": "CNY", "url_path": "/late", "channel": "late", "utm_source": "late"}


def answered(engine: Engine, loaded: Loaded, kind: str, question: Any) -> tuple[int | None, Any, Any]:
    """Where the reach of a question ends, and its answer, read from the store; (None, ...) when there is no end."""
    asker = Asker(engine.store, now_ms=lambda: 1_780_000_000_000)
    try:
        settled, _ = asker._settled(kind, question, Asking(loaded.workspace))
        answer = asker.ask(kind, question, Asking(loaded.workspace)).answer
    except BadRequest:
        return None, question, None
    reach = reach_of(KINDS[kind], settled)
    return None if reach is None else reach.to_ms, question, answer
