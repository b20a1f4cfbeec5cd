"""The stream's machine by hand: what states hold, when they hold too much, what waits, and what need not be asked."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from analyse.reference.world import Event as Happened
from tag.state_rounds import a_definition, fact, person_of, random_round
from zuji.tag.compiled import MOST_HELD, Compiled, Evaluated, compile_rules
from zuji.tag.definition import Definition, Published
from zuji.tag.event_facts import EventRows
from zuji.tag.graph import in_force
from zuji.tag.person_facts import NOTHING_KNOWN, PersonFacts
from zuji.tag.state import State
from zuji.terms.event import Flag
from zuji.terms.period import DAY_MS, HOUR_MS, MINUTE_MS, Calendar

SHANGHAI = Calendar(ZoneInfo("Asia/Shanghai"))
NOON = 1_772_942_400_000  # 2026-03-08T12:00 in Shanghai, a Sunday
MONTH = {"last": {"amount": 30, "unit": "day"}}
BOUGHT = {"measure": "count", "event": "Bought"}


def rules(*definitions: Definition) -> Compiled:
    return compile_rules(Published(definitions), SHANGHAI)


def an_event(name: str = "Bought", *, at: int = NOON, position: int = 1, anchor: int = 7, **more: Any) -> Happened:
    return Happened(position, f"e{position}", anchor, anchor, at, name, **more)


def state_after(compiled: Compiled, *events: Happened, t: int = NOON) -> State:
    state: State | None = None
    for event in events:
        state = compiled.add(state, fact(event), t)
    assert state is not None
    return state


def values(compiled: Compiled, *states: State, t: int = NOON, known: PersonFacts = NOTHING_KNOWN) -> dict[str, Any]:
    found = compiled.evaluate(compiled.figures(states, t), known)
    return {key: value for (_, key), value in found.values.items()}


def next_at(compiled: Compiled, *states: State, t: int = NOON) -> int | None:
    return compiled.evaluate(compiled.figures(states, t), NOTHING_KNOWN).next_at


def test_who_rises_within_a_group_is_told_first_what_is_over() -> None:
    """Whoever is told in parts never holds two of a group."""
    once, twice = ({"when": {**BOUGHT, "op": "gte", "value": value}} for value in (1, 2))
    gold = replace(a_definition("gold", twice), group="tier", priority=1)
    compiled = compile_rules(in_force([gold, replace(a_definition("silver", once), group="tier")]), SHANGHAI)
    first = state_after(compiled, an_event())
    before = compiled.evaluate(compiled.figures([first], NOON), NOTHING_KNOWN)
    state = compiled.add(first, fact(an_event(position=2)), NOON)
    found = compiled.evaluate(compiled.figures([state], NOON), NOTHING_KNOWN, before.values)
    assert found.changes == [(("tag", "silver"), True, None), (("tag", "gold"), None, True)]


def test_a_tag_that_becomes_the_number_one_is_another_value_than_yes() -> None:
    compiled = rules(a_definition("buyer", {"value": BOUGHT}))
    state = state_after(compiled, an_event())
    found = compiled.evaluate(compiled.figures([state], NOON), NOTHING_KNOWN, {("tag", "buyer"): True})
    assert [(old is True, new) for _, old, new in found.changes] == [(True, 1)]


def test_a_tag_ends_with_its_window_and_no_event() -> None:
    compiled = rules(a_definition("buyer", {"when": {**BOUGHT, "window": MONTH, "op": "gte", "value": 1}}))
    state = state_after(compiled, an_event())
    ends = NOON - 12 * HOUR_MS + 30 * DAY_MS
    assert next_at(compiled, state) == ends
    assert values(compiled, state, t=ends - 1) == {"buyer": True}
    assert values(compiled, state, t=ends) == {}


def test_what_can_only_become_less_is_not_looked_at_again() -> None:
    compiled = rules(a_definition("loyal", {"when": {**BOUGHT, "window": MONTH, "op": "gte", "value": 2}}))
    assert next_at(compiled, state_after(compiled, an_event())) is None


def test_absence_is_noticed_a_millisecond_after_its_time_is_over() -> None:
    abandoned = {
        "sequence": [{"event": "Added"}],
        "without": {"event": "Bought"},
        "within": {"amount": 1, "unit": "hour"},
    }
    compiled = rules(a_definition("abandoned", {"when": abandoned}))
    state = state_after(compiled, an_event("Added"))
    assert next_at(compiled, state) == NOON + HOUR_MS + 1
    assert values(compiled, state, t=NOON + HOUR_MS) == {}
    assert values(compiled, state, t=NOON + HOUR_MS + 1) == {"abandoned": True}
    compiled.add(state, fact(an_event("Bought", at=NOON + HOUR_MS, position=2)), NOON + DAY_MS)
    assert values(compiled, state, t=NOON + HOUR_MS + 1) == {}


def test_recency_is_looked_at_again_only_where_the_comparison_turns() -> None:
    since = {"measure": "since_last", "event": "Bought", "op": "gte", "value": 90}
    compiled = rules(a_definition("lapsed", {"when": since}))
    state = state_after(compiled, an_event())
    assert next_at(compiled, state) == NOON + 90 * DAY_MS
    assert values(compiled, state, t=NOON + 90 * DAY_MS - 1) == {}
    assert values(compiled, state, t=NOON + 90 * DAY_MS) == {"lapsed": True}
    assert next_at(compiled, state, t=NOON + 90 * DAY_MS) is None


def test_sums_are_exact_beyond_what_one_number_of_a_state_holds() -> None:
    measure = {"measure": "sum", "event": "Bought", "property": "price"}
    compiled = rules(a_definition("spent", {"value": measure}))
    prices = [9e17, 0.1, 0.2, -4e17, 9e17, 1e18]
    events = [an_event(position=number, properties={"price": price}) for number, price in enumerate(prices)]
    state = state_after(compiled, *events)
    again = compiled.decode(compiled.encode(state))
    assert again is not None
    assert values(compiled, again) == {"spent": 1_400_000_000_000_000_000.3}


def test_an_event_that_is_still_to_come_waits() -> None:
    compiled = rules(a_definition("bought", {"value": BOUGHT}))
    later = an_event(at=NOON + 5, position=2)
    state = state_after(compiled, an_event(), later)
    assert values(compiled, state) == {"bought": 1}
    assert next_at(compiled, state) == NOON + 5
    again = compiled.decode(compiled.encode(state))
    assert again is not None
    assert values(compiled, again, t=NOON + 5) == {"bought": 2}


def test_nobody_is_asked_about_before_rules_have_looked_at_an_event() -> None:
    compiled = rules(a_definition("no_order", {"when": {"not": {**BOUGHT, "op": "gte", "value": 1}}}))
    robot = state_after(compiled, an_event("Page", flags=int(Flag.ROBOT)))
    refused = state_after(compiled, an_event("Page", purposes=("service",)))
    assert values(compiled, robot, refused) == {}
    assert values(compiled, robot, state_after(compiled, an_event("Page"))) == {"no_order": True}


def test_who_has_no_event_left_that_rules_looked_at_loses_everything_that_was_said() -> None:
    compiled = rules(a_definition("bought", {"value": BOUGHT}))
    said = compiled.evaluate(compiled.figures([state_after(compiled, an_event())], NOON), NOTHING_KNOWN)
    left = compiled.evaluate(compiled.figures([], NOON), NOTHING_KNOWN, said.values)
    assert (left.values, left.changes) == ({}, [(("tag", "bought"), 1, None)])


def test_consent_of_a_person_is_that_of_every_anchor_s_newest_event() -> None:
    compiled = rules(a_definition("may", {"when": {"consent": "marketing", "is": "granted"}}))
    page = state_after(compiled, an_event("Page", position=3, anchor=1))
    silent = an_event("Page", at=NOON - 5, position=1, anchor=2, flags=int(Flag.ROBOT), purposes=("service",))
    assert values(compiled, page) == {"may": True}
    assert values(compiled, page, state_after(compiled, silent)) == {}
    consented = an_event("Page", at=NOON - 4, position=0, anchor=2)
    assert values(compiled, page, state_after(compiled, silent), state_after(compiled, consented)) == {"may": True}


def many_texts(count: int) -> list[Happened]:
    return [an_event(position=number, properties={"sku": f"s{number}"}) for number in range(count)]


@pytest.mark.parametrize("window", [None, MONTH], ids=["ever", "month"])
def test_who_has_more_texts_than_a_state_holds_is_worked_out_with_states_that_hold_all(window: Any) -> None:
    measure = {"measure": "distinct", "event": "Bought", "property": "sku", "window": window}
    compiled = rules(a_definition("skus", {"value": measure}))
    full, over = state_after(compiled, *many_texts(MOST_HELD)), state_after(compiled, *many_texts(MOST_HELD + 1))
    assert values(compiled, full) == {"skus": MOST_HELD}
    assert over.overflows
    assert compiled.evaluate(compiled.figures([over], NOON), NOTHING_KNOWN).overflows
    everything = compiled.unlimited()
    assert values(everything, state_after(everything, *many_texts(MOST_HELD + 1))) == {"skus": MOST_HELD + 1}


def test_who_has_more_events_of_a_sequence_than_a_state_holds_overflows_too() -> None:
    compiled = rules(a_definition("twice", {"when": {"sequence": [{"event": "Bought"}, {"event": "Bought"}]}}))
    assert values(compiled, state_after(compiled, *many_texts(MOST_HELD))) == {"twice": True}
    assert state_after(compiled, *many_texts(MOST_HELD + 1)).overflows


def test_buckets_beyond_the_longest_window_are_dropped() -> None:
    short = {"last": {"amount": 10, "unit": "minute"}}
    tag = {"measure": "top", "event": "Bought", "property": "sku", "window": short}
    chain = {"sequence": [{"event": "Bought"}, {"event": "Sent"}], "window": short}
    compiled = rules(
        a_definition("now", {"when": {**BOUGHT, "window": short, "op": "gte", "value": 1}}),
        a_definition("sku", {"value": tag}),
        a_definition("sent", {"when": chain}),
    )
    state = state_after(compiled, an_event(properties={"sku": "a"}))
    later = NOON + 2 * HOUR_MS
    compiled.add(state, fact(an_event(at=later, position=2, properties={"sku": "b"})), later)
    minute = later // MINUTE_MS
    assert [*state.slots.values()] == [{minute: 1}, {"b": {minute: 1}}, [1, [[later, 2, 1]]]]


def test_other_rules_cannot_read_a_state() -> None:
    one = rules(a_definition("bought", {"value": BOUGHT}))
    same = rules(a_definition("other_name", {"when": {**BOUGHT, "op": "gt", "value": 5}}))
    other = rules(a_definition("bought", {"value": {**BOUGHT, "window": MONTH}}))
    written = one.encode(state_after(one, an_event()))
    assert same.decode(written) == state_after(same, an_event())
    assert other.decode(written) is None


def test_events_of_other_names_touch_nothing() -> None:
    compiled = rules(
        a_definition("bought", {"value": BOUGHT}),
        a_definition("either", {"value": {"measure": "count", "where": named("Added", "Put In")}}),
    )
    assert {name: compiled.touches(name) for name in ("Bought", "Added", "Put In", "Page")} == {
        "Bought": True,
        "Added": True,
        "Put In": True,
        "Page": False,
    }


def named(*names: str) -> list[dict[str, Any]]:
    return [{"property": "$event", "op": "equals", "value": list(names)}]


def test_rules_see_the_rows_of_a_batch_as_they_are_stored() -> None:
    measure = {"event": "Bought", "property": "amount"}
    compiled = rules(
        a_definition("spent", {"value": {**measure, "measure": "sum"}}),
        a_definition("amount", {"value": {**measure, "measure": "last"}}),
        a_definition("early", {"value": {**BOUGHT, "where": [before("$received_at", "2026-03-08T12:00")]}}),
        a_definition("hour", {"value": {"measure": "top", "event": "Bought", "property": "$hour"}}),
    )
    table = pa.table(
        {
            "event": ["Bought", "Bought"],
            "occurred_at": pa.array([NOON - 1, NOON], pa.timestamp("ms", tz="UTC")),
            "received_at": pa.array([NOON - 1, NOON], pa.timestamp("ms", tz="UTC")),
            "position": pa.array([1, 2], pa.uint64()),
            "anchor": pa.array([7, 7], pa.uint64()),
            "flags": pa.array([0, 0], pa.uint32()),
            "amount": pa.array([None, "12.50"]).cast(pa.decimal128(18, 6)),
            "properties": ['{"amount":"0.25"}', "{}"],
        }
    )
    state: State | None = None
    for event in EventRows(table):
        state = compiled.add(state, event, NOON)
    assert state is not None
    assert values(compiled, state) == {"spent": 12.75, "amount": "12.5", "early": 1, "hour": "11"}
    assert compiled.columns == {"amount", "properties", "received_at"}


def before(name: str, value: str) -> dict[str, Any]:
    return {"property": name, "op": "before", "value": value}


def test_after_an_event_the_rules_that_it_can_touch_are_all_that_need_be_asked() -> None:
    changes = sum(changes_found(Random(seed)) for seed in range(300))
    assert changes > 100


def changes_found(rng: Random) -> int:
    """Everybody's events one by one, asked about wholly and in part; gives how often values changed."""
    round_ = random_round(rng)
    compiled, changes = compile_rules(round_.published, round_.calendar), 0
    for person in round_.whose:
        states: dict[int, State] = {}
        known, before_it = person_of(round_.world, person), Evaluated({}, None)
        for event in round_.world.events:
            if event.person == person and event.anchor and event.at <= round_.t:
                effect = compiled.effect_of(fact(event))
                states[event.anchor] = compiled.add(states.get(event.anchor), fact(event), round_.t)
                found = compiled.evaluate(compiled.figures(states.values(), round_.t), known)
                figures = compiled.figures(states.values(), round_.t)
                revised = compiled.revise(before_it, figures, known, effect.reach)
                assert revised.values == found.values, round_.rules
                assert told(revised) == differences(before_it, found), round_.rules
                assert told(compiled.evaluate(figures, known, before_it.values)) == told(revised), round_.rules
                for moment in moments_before(revised.next_at, round_.t, rng):
                    later = compiled.evaluate(compiled.figures(states.values(), moment), known)
                    assert later.values == revised.values, f"{round_.rules}, {moment}"
                changes += before_it.values != found.values
                before_it = revised
    return changes


def told(found: Evaluated) -> dict[Any, tuple[Any, Any]]:
    """What is said to have changed."""
    return {name: (old, new) for name, old, new in found.changes}


def differences(before_it: Evaluated, found: Evaluated) -> dict[Any, tuple[Any, Any]]:
    """What differs between two answers."""
    old, new = before_it.values, found.values
    return {name: (old.get(name), new.get(name)) for name in {*old, *new} if old.get(name) != new.get(name)}


def moments_before(next_at: int | None, t: int, rng: Random) -> list[int]:
    """When nothing may have changed yet: right before the next moment, and some time before."""
    last = t + 400 * DAY_MS if next_at is None else next_at - 1
    return [last, rng.randint(t, last)]
