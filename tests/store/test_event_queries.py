"""Counts and lists of events equal what a plain loop over the rows gives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from event_rows import DAY_MS, START_MS, event_table, random_rows

from zuji.store.event_queries import Cursor, EventFilter, Owned, count_by_event, count_events, cursor_of, list_events
from zuji.store.events import EventStore
from zuji.terms.error import BadRequest

ROWS = random_rows(600, seed=11)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    """A store with the random rows, shared by the tests of this module."""
    with closing(EventStore.open(tmp_path_factory.mktemp("filled") / "events")) as store:
        store.insert(event_table(ROWS))
        yield store


def matches(row: dict[str, Any], wanted: EventFilter) -> bool:
    """The slow reference of `EventFilter`."""
    at = row["occurred_at"]
    return (
        row["workspace"] == wanted.workspace
        and (wanted.owned is None or any(_owns(one, row["anchor"], at) for one in wanted.owned))
        and wanted.type in (None, row["type"])
        and wanted.event in (None, row["event"])
        and wanted.message_id in (None, row["event_id"])
        and wanted.source in (None, row["source"])
        and (wanted.from_ms is None or at >= wanted.from_ms)
        and (wanted.to_ms is None or at < wanted.to_ms)
        and (not wanted.flags_any or row["flags"] & wanted.flags_any != 0)
        and row["flags"] & wanted.flags_none == 0
    )


def _owns(one: Owned, anchor: int, at: int) -> bool:
    begun = one.from_ms is None or at >= one.from_ms
    return one.anchor == anchor and begun and (one.to_ms is None or at < one.to_ms)


def random_filter(chance: random.Random) -> EventFilter:
    """Any combination of restrictions, each absent more often than not."""

    def maybe(value: Any) -> Any:
        return value if chance.random() < 0.3 else None

    day = START_MS + chance.randrange(90) * DAY_MS
    return EventFilter(
        chance.choice(["default", "other"]),
        owned=maybe([_random_owned(chance) for _ in range(chance.randrange(6))]),
        type=maybe("page"),
        event=maybe(chance.choice(["it's", "purchase", "no such"])),
        message_id=maybe(f"event-{chance.randrange(600)}"),
        source=maybe("web"),
        from_ms=maybe(day),
        to_ms=maybe(day + 30 * DAY_MS),
        flags_any=maybe(chance.choice([1, 2, 6])) or 0,
        flags_none=maybe(chance.choice([1, 4])) or 0,
    )


def _random_owned(chance: random.Random) -> Owned:
    edge = START_MS + chance.randrange(90) * DAY_MS
    return Owned(chance.randrange(12), chance.choice([None, edge]), chance.choice([None, None, edge + 20 * DAY_MS]))


@pytest.mark.parametrize("seed", range(25))
def test_counts_and_lists_equal_a_plain_loop(filled: EventStore, seed: int) -> None:
    wanted = random_filter(random.Random(seed))
    expected = [row for row in ROWS if matches(row, wanted)]
    expected.sort(key=lambda row: (row["occurred_at"], row["position"]), reverse=True)
    assert count_events(filled, wanted) == len(expected)
    found = list_events(filled, wanted, limit=50)
    assert found["position"].to_pylist() == [row["position"] for row in expected[:50]]


def test_pages_cover_everything_once_and_in_order_even_within_one_millisecond(filled: EventStore) -> None:
    wanted = EventFilter("default", event="it's")
    pages, after = [], None
    while (page := list_events(filled, wanted, limit=17, after=after)).num_rows:
        pages.append(page["position"].to_pylist())
        after = cursor_of(page)
    everything = list_events(filled, wanted, limit=1000)["position"].to_pylist()
    assert [position for page in pages for position in page] == everything
    assert len(everything) == count_events(filled, wanted) > 100


def test_the_cursor_of_an_empty_page_is_none_and_of_any_other_its_last_event(filled: EventStore) -> None:
    assert cursor_of(list_events(filled, EventFilter("no such workspace"), limit=5)) is None
    keys = sorted((row["occurred_at"], row["position"]) for row in ROWS if row["workspace"] == "other")
    assert cursor_of(list_events(filled, EventFilter("other"), limit=5)) == Cursor(*keys[-5])


def test_events_per_name_come_with_the_most_frequent_first(filled: EventStore) -> None:
    counted = count_by_event(filled, EventFilter("default"))
    mine = [row["event"] for row in ROWS if row["workspace"] == "default"]
    assert counted == {name: mine.count(name) for name in set(mine)}
    assert list(counted.values()) == sorted(counted.values(), reverse=True)


def test_only_the_columns_asked_for_are_read_and_unknown_ones_refused(filled: EventStore) -> None:
    page = list_events(filled, EventFilter("default"), limit=3, columns=["event", "anchor"])
    assert page.column_names == ["anchor", "occurred_at", "position", "event"]
    with pytest.raises(BadRequest, match="secret; DROP"):
        list_events(filled, EventFilter("default"), limit=3, columns=["secret; DROP TABLE zuji.events"])


def test_a_stretch_includes_its_first_millisecond_and_not_its_end(filled: EventStore) -> None:
    mine = [row for row in ROWS if row["workspace"] == "default" and row["anchor"] == 3]
    times = sorted({row["occurred_at"] for row in mine})
    owned = [Owned(3, times[1], times[3])]
    expected = sum(times[1] <= row["occurred_at"] < times[3] for row in mine)
    assert count_events(filled, EventFilter("default", owned=owned)) == expected > 0


def test_nobody_owns_nothing(filled: EventStore) -> None:
    assert count_events(filled, EventFilter("default", owned=[])) == 0


def test_thousands_of_anchors_with_and_without_stretches_are_fine(filled: EventStore) -> None:
    whole = [Owned(anchor) for anchor in range(6, 20_000)]
    parts = [Owned(anchor, START_MS + 10 * DAY_MS, None) for anchor in range(6)]
    parts += [Owned(anchor, START_MS, START_MS + DAY_MS) for anchor in range(20_000, 25_000)]
    small = EventFilter("default", owned=[one for one in [*whole, *parts] if one.anchor < 12])
    counted = count_events(filled, EventFilter("default", owned=[*whole, *parts]))
    assert counted == sum(matches(row, small) for row in ROWS) > 0


def test_a_name_with_a_quote_is_only_a_name(filled: EventStore) -> None:
    assert count_events(filled, EventFilter("default", event="it's")) > 0
    assert count_events(filled, EventFilter("default", event="x' OR '1'='1")) == 0
