"""The event store keeps what it is given, once, and finds it again by position."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from event_rows import DAY_MS, START_MS, event_row, event_table, plain_events

from zuji.store.events import MONTHS_PER_INSERT, EventStore, by_months
from zuji.store.outbox import PersonRow, SliceRow
from zuji.store.query import Query
from zuji.store.schema import EVENT_COLUMNS, EVENT_SCHEMA, PEOPLE_SCHEMA, SLICE_SCHEMA

ALL = Query("SELECT * FROM zuji.events ORDER BY position")


def test_every_column_comes_back_as_it_was_given(events: EventStore) -> None:
    given = event_table(
        [
            event_row(7, amount=Decimal("12.345678"), properties='{"名":"值"}', purposes=["a", "b"], flags=65),
            event_row(8, amount=None, identifiers=[], purposes=[], anchor=2**64 - 1, url_path="/it's"),
        ]
    )
    events.insert(given)
    assert events.query(ALL).cast(EVENT_SCHEMA).to_pylist() == given.to_pylist()


@pytest.mark.parametrize(
    ("table", "schema"), [("events", EVENT_SCHEMA), ("profile_now", PEOPLE_SCHEMA), ("owner_slice", SLICE_SCHEMA)]
)
def test_the_arrow_schema_names_the_columns_of_the_table(events: EventStore, table: str, schema: pa.Schema) -> None:
    sql = "SELECT name FROM system.columns WHERE database = 'zuji' AND table = {table:String} ORDER BY position"
    assert events.query(Query(sql, {"table": table}))["name"].to_pylist() == schema.names


def test_columns_in_another_order_and_width_are_fitted(events: EventStore) -> None:
    given = plain_events(3)
    shuffled = given.select(EVENT_COLUMNS[::-1])
    wide = shuffled.set_column(
        shuffled.schema.get_field_index("event"), "event", shuffled["event"].cast(pa.large_string())
    )
    events.insert(wide)
    assert events.query(ALL).cast(EVENT_SCHEMA).to_pylist() == given.to_pylist()


def test_a_missing_column_is_an_error_and_not_an_empty_value(events: EventStore) -> None:
    with pytest.raises(KeyError, match="flags"):
        events.insert(plain_events(1).drop_columns(["flags"]))


def test_events_over_many_years_are_stored_in_inserts_of_few_months(events: EventStore) -> None:
    table = event_table([event_row(n, at=START_MS + n * 31 * DAY_MS) for n in range(150)])
    pieces = list(by_months(table))
    months = [{(at.year, at.month) for at in piece["occurred_at"].to_pylist()} for piece in pieces]
    assert max(len(month) for month in months) == MONTHS_PER_INSERT
    assert sum(len(month) for month in months) == len(set.union(*months))
    events.insert(table)
    assert events.positions_present(0, 200).tolist() == list(range(150))


def test_only_missing_positions_are_inserted(events: EventStore) -> None:
    events.insert(plain_events(40, first=100))
    assert events.insert_missing(plain_events(100, first=80)) == 60
    assert events.insert_missing(plain_events(100, first=80)) == 0
    assert events.query(ALL)["position"].to_pylist() == list(range(80, 180))


def test_positions_present_are_those_within_the_bounds(events: EventStore) -> None:
    events.insert(event_table([event_row(position) for position in (5, 6, 9, 2**63)]))
    assert events.positions_present(6, 9).tolist() == [6, 9]
    assert events.positions_present(2**63, 2**64 - 1).tolist() == [2**63]
    assert events.positions_present(10, 20).tolist() == []


def test_an_empty_table_is_stored_as_nothing(events: EventStore) -> None:
    assert events.insert(plain_events(0)) == 0
    assert events.insert_missing(plain_events(0)) == 0
    assert events.stats().rows == 0


def test_what_was_stored_is_there_after_reopening(tmp_path: Path) -> None:
    first = EventStore.open(tmp_path / "events")
    first.insert(plain_events(10))
    first.close()
    second = EventStore.open(tmp_path / "events")
    assert second.stats().rows == 10
    second.close()


def test_the_newest_version_of_an_anchor_says_whose_it_is(events: EventStore) -> None:
    events.insert_people([PersonRow("default", 1, 10, 1), PersonRow("default", 2, 20, 1)])
    events.insert_people([PersonRow("default", 1, 11, 2)])
    events.insert_people([])
    found = events.query(Query("SELECT anchor, person FROM zuji.profile_now FINAL ORDER BY anchor"))
    assert found.to_pylist() == [{"anchor": 1, "person": 11}, {"anchor": 2, "person": 20}]


def test_stretches_are_kept_with_their_version(events: EventStore) -> None:
    rows = [SliceRow("default", 1, -(2**62), 5, 10, 3), SliceRow("default", 1, 5, 2**62, 11, 3)]
    events.insert_slices(rows)
    found = events.query(Query("SELECT * FROM zuji.owner_slice ORDER BY from_ms")).to_pylist()
    assert [tuple(row.values()) for row in found] == [
        ("default", 1, -(2**62), 5, 10, 3),
        ("default", 1, 5, 2**62, 11, 3),
    ]


def test_stats_count_rows_and_name_the_newest_time(events: EventStore) -> None:
    events.insert(event_table([event_row(1, at=START_MS), event_row(2, at=START_MS + 90 * DAY_MS)]))
    stats = events.stats()
    assert (stats.rows, stats.newest_occurred_at) == (2, START_MS + 90 * DAY_MS)
    assert stats.bytes_on_disk > 0
    assert stats.parts == 2


def test_an_insert_is_one_file_and_not_one_for_each_column(events: EventStore) -> None:
    events.insert(plain_events(2_000, context="x" * 10_000))
    found = events.query(Query("SELECT DISTINCT part_type FROM system.parts WHERE active AND table = 'events'"))
    assert found["part_type"].to_pylist() == ["Compact"]
