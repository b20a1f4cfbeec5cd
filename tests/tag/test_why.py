"""Why somebody has a tag: what is told is what history says, and what is foretold comes true."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analyse.engine import Engine, Loaded
from analyse.hand import DAY, HOUR, MINUTE, MONDAY, happened, world_of
from analyse.worlds import random_world
from tag.history_cases import last, measured, value
from tag.random_rules import event, random_moment, window
from tag.test_history import asked, load, published, values
from zuji.tag.history import Asked, rule_query
from zuji.tag.read_rule import read_rule
from zuji.tag.rule import Measured, When
from zuji.tag.what_changes import Change
from zuji.tag.why import EventBehind, Why, why
from zuji.terms.period import Calendar


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(tmp_path_factory.mktemp("why") / "events")
    yield opened
    opened.close()


def why_of(engine: Engine, loaded: Loaded, rule: dict[str, Any], around: Asked, person: int = 1) -> Why:
    return why(
        read_rule(rule), around, engine.store.query, person=loaded.moved(person), anchors=(loaded.moved(person),)
    )


def test_every_condition_is_told_with_its_figure_and_the_events_behind_it(engine: Engine) -> None:
    bought = [happened("buy", n, 1, kind="a") for n in range(7)]
    world = world_of(*bought, happened("see", 9, 1), happened("buy", 0, 2), traits={1: {"city": "x"}})
    loaded = load(engine, world)
    rule = {
        "cases": [
            {"value": "no", "when": {"trait": "city", "op": "not_equals", "value": "x"}},
            {
                "value": "yes",
                "when": {
                    "all": [
                        measured("count", "buy", "gte", 3),
                        {"tag": "kinds", "op": "is_set"},
                        {"sequence": [{"event": "buy"}, {"event": "see"}]},
                        {"consent": "risk", "is": "granted"},
                        {"identifier": "phone", "op": "is_set"},
                    ]
                },
            },
        ]
    }
    around = asked(
        engine, loaded, MONDAY + 10_000, published=published({"kinds": value("first", "buy", property="kind")})
    )
    found = why_of(engine, loaded, rule, around)
    assert found.value is None
    told = [(one.case, one.passed, one.figure, len(one.events)) for one in found.reasons]
    assert told == [
        (0, False, "x", 0),
        (1, True, 7, 5),
        (1, True, "a", 0),
        (1, True, None, 5),
        (1, True, None, 0),
        (1, False, None, 0),
    ]
    assert found.reasons[1].events[0] == EventBehind("e7", "buy", MONDAY + 6000, 7)
    assert found.reasons[3].events[0].event == "see"


def test_the_value_of_a_measure_has_its_events_and_nobody_else_has_reasons(engine: Engine) -> None:
    loaded = load(
        engine, world_of(happened("buy", 0, 1, kind="a"), happened("buy", 1, 1), happened("buy", 2, 1, kind="b"))
    )
    around = asked(engine, loaded, MONDAY + 10_000)
    found = why_of(engine, loaded, value("top", "buy", property="kind", limit=2), around)
    assert (found.value, found.reasons[0].figure) == (["a", "b"], ["a", "b"])
    assert [one.event_id for one in found.reasons[0].events] == ["e3", "e1"]
    assert why_of(engine, loaded, value("count", "buy"), around, person=9) == Why(None, ())


APRIL = 1_775_001_600_000
AT = MONDAY + DAY * 1000
"""Tuesday's first instant; everybody bought at 00:00 and 00:01 on Monday."""
FORETOLD = [
    (measured("count", "buy", "gte", 3), [Change("more", amount=1)]),
    (measured("count", "buy", "gte", 2), []),
    (measured("count", "buy", "gt", 2.5), [Change("more", amount=1)]),
    (measured("count", "buy", "lt", 5), [Change("more", amount=3)]),
    (measured("sum", "buy", "gte", 12.5, property="n"), [Change("more", amount=1.5)]),
    (
        measured("count", "buy", "gte", 2, window=last(48, "hour")),
        [Change("at", at_ms=MONDAY + 48 * HOUR * 1000)],
    ),
    (
        measured("count", "buy", "gte", 1, window=last(14, "day")),
        [Change("at", at_ms=MONDAY + 14 * DAY * 1000)],
    ),
    (measured("count", "buy", "gte", 1, window={"this": "week"}), [Change("at", at_ms=MONDAY + 7 * DAY * 1000)]),
    (
        measured("distinct", "buy", "equals", 2, property="n", window={"this": "month"}),
        [Change("first_out", at_ms=APRIL)],
    ),
    (measured("since_last", "buy", "gte", 2), [Change("at", at_ms=MONDAY + (MINUTE + 2 * DAY) * 1000)]),
    (measured("since_first", "buy", "lte", 24, unit="hour"), [Change("at", at_ms=MONDAY + 25 * HOUR * 1000)]),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "changes"), FORETOLD, ids=str)
def test_what_would_change_it_is_told(condition: dict[str, Any], changes: list[Change], engine: Engine) -> None:
    loaded = load(engine, world_of(happened("buy", 0, 1, n=5), happened("buy", MINUTE, 1, n=6)))
    [reason] = why_of(engine, loaded, {"when": condition}, asked(engine, loaded, AT)).reasons
    assert list(reason.changes) == changes


def test_what_time_is_said_to_change_changes_at_that_very_moment(engine: Engine) -> None:
    rng = random.Random(11)
    foretold = 0
    for _ in range(4):
        world = random_world(rng)
        loaded = load(engine, world)
        for _ in range(30):
            bound = {"op": rng.choice(["gte", "lt", "gt", "lte"]), "value": rng.choice([1, 2, 2.5])}
            what = rng.choice(["count", "count", "since_first", "since_last"])
            rule = read_rule({"when": {"measure": what} | event(rng, world) | window(rng, world) | bound})
            around = replace(
                asked(engine, loaded, random_moment(rng, world)), calendar=Calendar(ZoneInfo(world.timezone))
            )
            anchors = tuple({loaded.moved(one.anchor) for one in world.events if one.anchor})
            held = values(engine, loaded, rule_query(rule, around))
            for person in sorted(held)[:2]:
                found = why(rule, around, engine.store.query, person=loaded.moved(person), anchors=anchors)
                assert found.value == held[person]
                for reason in found.reasons:
                    for change in reason.changes:
                        if change.kind == "at" and change.at_ms is not None and isinstance(reason.condition, Measured):
                            foretold += comes_true(
                                engine, loaded, world, reason.condition, around, person, change.at_ms
                            )
    assert foretold >= 4


def comes_true(
    engine: Engine, loaded: Loaded, world: Any, condition: Measured, around: Asked, person: int, at_ms: int
) -> bool:
    """Whether it could be looked at: only where nothing else happens meanwhile."""
    mine = [one.at for one in world.events if one.person == person]
    if any(around.now_ms < at <= at_ms for at in mine):
        return False
    passes = [
        person in values(engine, loaded, rule_query(When(condition), replace(around, now_ms=at)))
        for at in (around.now_ms, at_ms - 1, at_ms)
    ]
    assert passes[0] == passes[1] != passes[2], (condition, around.now_ms, at_ms)
    return True
