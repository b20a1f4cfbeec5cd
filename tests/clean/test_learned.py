"""Learning what sources send: counted by shape, typed from samples, bounded, masked; changes when they are sure."""

from __future__ import annotations

from typing import Any

from clean_builders import NOON_MS, a_message, clean, received

from zuji.clean.learned import (
    HOUR_MS,
    MOST_PROPERTIES,
    LearnedEvent,
    decode_learned,
    encode_learned,
    learn,
    new_event,
    silences,
    silent_since,
)
from zuji.clean.observed import SAMPLES, Observed
from zuji.store.learned_plan import Change, EventKey

KEY = EventKey("shop", "web", "Tea Poured")


def observed(*properties: dict[str, Any], **fields: Any) -> list[Observed]:
    messages = [a_message(message_id=f"m{number}", properties=one, **fields) for number, one in enumerate(properties)]
    return clean(*(received(message, position=n + 1) for n, message in enumerate(messages))).observed


def learned_from(*batches: list[dict[str, Any]], at: int = NOON_MS) -> tuple[LearnedEvent, list[Change]]:
    known: LearnedEvent | None = None
    changes: list[Change] = []
    for number, batch in enumerate(batches):
        [one] = observed(*batch)
        known, new = learn(known, one, at + number * 1_000)
        changes += new
    assert known is not None
    assert decode_learned(encode_learned(known)) == known
    return known, changes


def test_events_and_properties_are_counted_exactly_and_types_from_samples() -> None:
    [one] = observed(*([{"a": 1}] * 30 + [{"a": 1, "b": "x"}] * 70))
    assert (one.key, one.events) == (KEY, 100)
    assert {name: shown.events for name, shown in one.properties.items()} == {"a": 100, "b": 70}
    assert one.properties["a"].types == ["integer"] * SAMPLES
    assert set(one.properties["b"].types) == {"text"}


def test_rejected_events_teach_nothing() -> None:
    assert observed({"a": 1}, type="nonsense") == []


def test_pages_are_learnt_as_one_kind_whatever_their_names() -> None:
    [one] = observed({"a": 1}, {"a": 2}, type="page", event="Home")
    assert one.key == EventKey("shop", "web", "page")


def test_history_being_loaded_teaches_no_rhythm() -> None:
    assert observed({}, timestamp=NOON_MS)[0].is_live
    assert not observed({}, timestamp=NOON_MS - HOUR_MS)[0].is_live


def test_examples_are_few_cut_and_masked() -> None:
    known, _ = learned_from(*[[{"phone": f"1381234800{number}", "note": f"{number}" * 100}] for number in range(6)])
    assert known.properties["phone"].examples == ('"138****8000"', '"138****8001"', '"138****8002"')
    assert all(len(example) <= 61 for example in known.properties["note"].examples)


def test_a_flood_of_names_is_learnt_up_to_a_bound() -> None:
    known, _ = learned_from([{f"p{number}": 1 for number in range(MOST_PROPERTIES + 50)}])
    assert len(known.properties) == MOST_PROPERTIES


def test_a_type_that_changes_is_told_once_with_an_example() -> None:
    before, after = [[{"price": 19.9}] * 10] * 5, [[{"price": "19.90"}] * 10] * 5
    known, changes = learned_from(*before, *after)
    assert [(one.kind, one.property, one.detail, one.example) for one in changes] == [
        ("type_changed", "price", "number before, text now", '"19.90"')
    ]
    assert known.properties["price"].usual == "text"


def test_whole_numbers_nulls_and_a_single_odd_value_change_no_type() -> None:
    batches = [[{"price": 19.9}] * 10] * 5 + [[{"price": 20}] * 10] * 5 + [[{"price": None}] * 10] * 5
    _, changes = learned_from(*batches, [{"price": "?"}], [{"price": 1.5}] * 10)
    assert changes == []


def test_a_property_that_vanishes_is_told_once_with_what_came_in_its_stead() -> None:
    before, after = [[{"price": 19.9, "n": 1}] * 20] * 3, [[{"prix": 19.9, "n": 1}] * 20] * 3
    known, changes = learned_from(*before, *after)
    assert [(one.kind, one.property) for one in changes] == [("property_new", "prix"), ("property_vanished", "price")]
    assert changes[1].detail == ("in 100% of the events before, in none of the last 20; new in its stead may be 'prix'")
    assert (known.properties["price"].is_gone, known.properties["n"].is_gone) == (True, False)


def test_a_property_that_was_always_rare_does_not_vanish() -> None:
    batch = [{"n": 1}] * 19 + [{"n": 1, "coupon": "X"}]
    known, changes = learned_from(*[batch] * 3, *[[{"n": 1}] * 20] * 5)
    assert changes == []
    assert not known.properties["coupon"].is_gone


def test_a_property_that_returns_is_no_longer_gone() -> None:
    known, _ = learned_from(*[[{"a": 1}] * 20] * 3, *[[{}] * 20] * 3, [{"a": 1}])
    assert not known.properties["a"].is_gone


def test_an_event_that_comes_each_second_is_silent_within_a_minute() -> None:
    known: LearnedEvent | None = None
    at = NOON_MS
    for _ in range(3_700):
        known, _ = learn(known, Observed(KEY, events=3, is_live=True), at)
        at += 1_000
    assert known is not None
    last = at - 1_000
    assert silent_since(known, last + 25_000) is None
    assert silent_since(known, last + 60_000) is not None
    [silence] = silences({KEY: known}, last + 60_000)
    assert (silence.kind, silence.detail) == ("event_silent", "nothing for 60 s; it usually comes every 1.0 s")


def test_nights_and_seldom_events_are_not_silence() -> None:
    known: LearnedEvent | None = None
    at = NOON_MS
    for _ in range(250):
        known, _ = learn(known, Observed(KEY, events=1, is_live=True), at)
        at += 60_000
    assert known is not None
    assert silent_since(known, at + 5 * 60_000) is None
    young, _ = learn(None, Observed(KEY, events=1, is_live=True), NOON_MS)
    assert silent_since(young, NOON_MS + 24 * HOUR_MS) is None


def test_an_event_is_news_only_to_a_source_that_is_known_for_a_while() -> None:
    young, old = LearnedEvent(first_at=NOON_MS), LearnedEvent(first_at=NOON_MS - HOUR_MS)
    assert new_event(KEY, [young], NOON_MS) == []
    assert [one.kind for one in new_event(KEY, [young, old], NOON_MS)] == ["event_new"]
