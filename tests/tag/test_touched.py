"""Which rules events leave alone: those that read nothing of what came, and those that more events only confirm."""

from __future__ import annotations

from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analyse.reference.world import Event as Happened
from tag.state_rounds import a_definition, fact
from zuji.tag.compiled import Compiled, Evaluated, compile_rules
from zuji.tag.definition import Published
from zuji.tag.person_facts import NOTHING_KNOWN
from zuji.tag.state import State
from zuji.tag.touched import confirmed_by_events
from zuji.terms.event import Flag
from zuji.terms.period import DAY_MS, Calendar

NOON = 1_772_971_200_000
BOUGHT: dict[str, Any] = {"measure": "count", "event": "Bought"}
MEASURES = ("count", "days", "sum", "average", "minimum", "maximum", "distinct", "since_first", "since_last")
WINDOWS: tuple[dict[str, Any], ...] = ({}, {"window": {"last": {"amount": 3, "unit": "day"}}})


def compiled_of(**rules: Any) -> Compiled:
    definitions = tuple(a_definition(key, rule) for key, rule in rules.items())
    return compile_rules(Published(definitions), Calendar(ZoneInfo("Asia/Shanghai")))


def happened(name: str = "Bought", *, at: int = NOON, position: int = 1, flags: int = 0, **properties: Any) -> Happened:
    return Happened(position, f"e-{position}", 7, 1, at, name, "track", properties, {}, flags, ("analytics",))


@pytest.mark.parametrize("op", ["gt", "gte", "lt", "lte"])
@pytest.mark.parametrize("measure", MEASURES)
def test_leaving_confirmed_rules_alone_gives_what_asking_them_gives(measure: str, op: str) -> None:
    rng = Random(f"{measure} {op}")
    asked = {"measure": measure, "event": "Bought", "op": op, "value": 2}
    asked |= {} if measure in ("count", "days") or measure.startswith("since") else {"property": "n"}
    for _ in range(60):
        condition = asked | rng.choice(WINDOWS)
        compiled = compiled_of(has={"when": condition}, has_not={"when": {"not": condition}})
        state: State | None = None
        said = Evaluated({}, None)
        for position in range(1, 8):
            at = NOON - rng.randrange(0, 6 * DAY_MS)
            event = fact(happened(at=at, position=position, n=rng.randint(-3, 5)))
            reach = compiled.effect_of(event).reach
            state = compiled.add(state, event, NOON)
            whole = compiled.evaluate(compiled.figures([state], NOON), NOTHING_KNOWN)
            said = compiled.revise(said, compiled.figures([state], NOON), NOTHING_KNOWN, reach)
            assert said.values == whole.values, condition


@pytest.mark.parametrize(
    ("condition", "confirmed"),
    [
        ({**BOUGHT, "op": "gte", "value": 3}, True),
        ({**BOUGHT, "op": "lt", "value": 3}, False),
        ({"not": {**BOUGHT, "op": "gte", "value": 3}}, False),
        ({**BOUGHT, "op": "equals", "value": 3}, None),
        ({"all": [{**BOUGHT, "op": "gte", "value": 3}, {**BOUGHT, "op": "lt", "value": 9}]}, None),
        ({"any": [{**BOUGHT, "op": "gt", "value": 3}, {"measure": "days", "op": "gt", "value": 1}]}, True),
        ({"measure": "maximum", "event": "Bought", "property": "n", "op": "lte", "value": 3}, None),
        ({"sequence": [{"event": "Viewed"}, {"event": "Bought"}]}, True),
        ({"sequence": [{"event": "Viewed"}, {"event": "Bought"}], "without": {"event": "Left"}}, None),
        ({"tag": "loyal", "op": "is_set"}, None),
    ],
)
def test_what_more_events_only_confirm(condition: dict[str, Any], confirmed: bool | None) -> None:
    assert confirmed_by_events(a_definition("key", {"when": condition})) is confirmed


def test_a_value_of_a_measure_is_confirmed_by_nothing() -> None:
    assert confirmed_by_events(a_definition("key", {"value": BOUGHT})) is None


def where(**texts: Any) -> list[dict[str, Any]]:
    return [{"property": name, "op": "equals", "value": value} for name, value in texts.items()]


@pytest.mark.parametrize(
    ("properties", "reached"),
    [
        ({"category": "phone"}, ["either", "phones"]),
        ({"category": "book"}, ["either"]),
        ({"category": "toy"}, []),
        ({"category": "toy", "price": 12}, ["dear"]),
        ({"category": "phone", "price": 12}, ["dear", "either", "phones", "dear_phones"]),
        ({}, []),
    ],
)
def test_an_event_reaches_only_the_atoms_whose_conditions_it_passes(
    properties: dict[str, Any], reached: list[str]
) -> None:
    dear = {"property": "price", "op": "gt", "value": 10}
    rules = {
        "phones": where(category="phone"),
        "either": where(category=["phone", "book"]),
        "dear": [dear],
        "dear_phones": [*where(category="phone"), dear],
    }
    apart = {key: compiled_of(**{key: {"value": {**BOUGHT, "where": one}}}) for key, one in rules.items()}
    together = compiled_of(**{key: {"value": {**BOUGHT, "where": one}} for key, one in rules.items()})
    event = fact(happened(**properties))
    assert sorted(key for key, one in apart.items() if one.effect_of(event).reach) == sorted(reached)
    assert together.effect_of(event).reach.bit_count() == len(reached)
    state = together.add(None, event, NOON)
    said = together.evaluate(together.figures([state], NOON), NOTHING_KNOWN).values
    assert said == {("tag", key): int(key in reached) for key in rules}


def test_an_event_of_a_robot_reaches_only_the_answers_for_purposes() -> None:
    granted = {"when": {"consent": "analytics", "is": "granted"}}
    robot = fact(happened(flags=int(Flag.ROBOT)))
    assert compiled_of(bought={"value": BOUGHT}).effect_of(robot).reach == 0
    assert compiled_of(bought={"value": BOUGHT}, may=granted).effect_of(robot).reach.bit_count() == 1


def test_true_and_1_are_two_conditions_also_beside_one_another() -> None:
    rules = {"yes": where(paid=True), "one": where(paid=1), "no": where(paid=False), "none": where(paid=0)}
    together = compiled_of(**{key: {"value": {**BOUGHT, "where": one}} for key, one in rules.items()})
    for key, value in {"yes": True, "one": 1, "no": False, "none": 0}.items():
        state = together.add(None, fact(happened(paid=value)), NOON)
        said = together.evaluate(together.figures([state], NOON), NOTHING_KNOWN).values
        assert said == {("tag", name): int(name == key) for name in rules}
