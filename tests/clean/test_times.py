"""When an event happened: shapes of times, and the correction against its rules written out for one row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from clean_builders import DAY, HOUR, NOON_MS, SECOND, a_message, a_receipt, clean, clean_one, reason_of, received
from hypothesis import given, settings
from hypothesis import strategies as st

from zuji.clean.times import NO_TIME, corrected, milliseconds, times_of
from zuji.terms.event import Flag

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-21T12:00:00Z", NOON_MS),
        ("2026-11-21T12:00:00.123Z", NOON_MS + 123),
        ("2026-11-21T12:00:00.123999+00:00", NOON_MS + 123),
        ("2026-11-21T12:00:00.123456789Z", NOON_MS + 123),
        ("2026-11-21T20:00:00+08:00", NOON_MS),
        ("2026-11-21T20:00:00+0800", NOON_MS),
        ("2026-11-21 20:00:00", NOON_MS),
        ("2026-11-21T20:00:00", NOON_MS),
        ("2026/11/21 20:00:00", NOON_MS),
        (" 2026-11-21t12:00:00z ", NOON_MS),
        ("2026-11-21 12:00:00 UTC", NOON_MS),
        ("Sat, 21 Nov 2026 12:00:00 GMT", NOON_MS),
        (NOON_MS, NOON_MS),
        (NOON_MS + 0.7, NOON_MS),
        (NOON_MS // 1000, NOON_MS),
        (NOON_MS / 1000 + 0.25, NOON_MS + 250),
        (str(NOON_MS), NOON_MS),
        (str(NOON_MS // 1000), NOON_MS),
        ("2011112110000", 2011112110000),
        ("0", 0),
        (None, None),
        ("", None),
        ("tomorrow", None),
        ("2026-02-30T00:00:00Z", None),
        ("2026-11-21T25:00:00Z", None),
        ("0000-00-00 00:00:00", None),
        (float("nan"), None),
        (float("inf"), None),
        ("1e400", None),
        (10**30, None),
        ("9" * 5000, None),
    ],
)
def test_times_are_read_in_every_shape_clients_send(value: str | float | None, expected: int | None) -> None:
    assert milliseconds(value, SHANGHAI) == expected


@settings(deadline=None)
@given(st.datetimes(timezones=st.just(UTC)))
def test_any_iso_time_is_read_to_the_millisecond(moment: datetime) -> None:
    expected = (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000
    assert milliseconds(moment.isoformat(), UTC) == pytest.approx(expected, abs=1)


@settings(deadline=None)
@given(st.text() | st.floats() | st.integers() | st.none())
def test_no_time_makes_reading_fail(value: str | float | None) -> None:
    assert isinstance(milliseconds(value, SHANGHAI), int | None)


ODD_ONES = (
    "2026-02-30T12:00:00.000Z", "2026-11-21T12:00:60.000Z", "2026-11-21T24:00:00.000Z", "0999-01-01T00:00:00.000Z",
    "2026-11-21 12:00:00.000Z", "2026-11-21T12:00:00.00aZ", "2026-11-21T12:00:00.0茶0Z", "3026-01-01T00:00:00.000Z",
    "2026-11-21T20:00:00+08:00", "2026-11-21T12:00:00.1234", 1795262400000, None,
)  # fmt: skip


@pytest.mark.parametrize("odd", [*ODD_ONES, "2026-11-21T12:00:00.123Z"])
def test_times_read_together_are_those_read_one_by_one(odd: str | float | None) -> None:
    values = ["1999-12-31T23:59:59.999Z", odd, "2024-02-29T00:00:00.000Z"]
    expected = [milliseconds(value, SHANGHAI) for value in values]
    together = times_of(values, [SHANGHAI], [0, 0, 0]).tolist()
    assert together == [NO_TIME if at is None else at for at in expected]


def slowly(given_at: int | None, sent: int | None, received_at: int, stale: bool) -> tuple[int, Flag]:
    """The rules for one row, in the words of the module."""
    if given_at is None:
        return received_at, Flag.TIME_GUESSED
    at, flags = given_at, Flag(0)
    if sent is not None and sent < given_at:
        return received_at, Flag.TIME_CLAMPED
    if sent is not None and abs(received_at - sent) >= SECOND and not (stale and 0 < received_at - sent <= HOUR):
        at, flags = received_at - (sent - given_at), Flag.TIME_CORRECTED
    if received_at < at <= received_at + DAY:
        at, flags = received_at, flags | Flag.TIME_CLAMPED
    if received_at - at > DAY:
        flags |= Flag.LATE
    return at, flags


_near = st.integers(-3 * DAY, 3 * DAY) | st.sampled_from(
    [near * sign + off for near in (0, SECOND, HOUR, DAY) for sign in (1, -1) for off in (-1, 0, 1)]
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.none() | _near, st.none() | _near, st.booleans()), min_size=1, max_size=50))
def test_times_in_columns_equal_the_rules_row_by_row(rows: list[tuple[int | None, int | None, bool]]) -> None:
    def column(values: list[int | None]) -> np.ndarray:
        return np.array([NO_TIME if value is None else NOON_MS + value for value in values], dtype=np.int64)

    occurred, flags = corrected(
        column([row[0] for row in rows]),
        column([row[1] for row in rows]),
        np.full(len(rows), NOON_MS, dtype=np.int64),
        keeps_first_sent=np.array([row[2] for row in rows], dtype=np.bool_),
    )
    expected = [
        slowly(*(None if part is None else NOON_MS + part for part in (given_at, sent)), NOON_MS, stale)
        for given_at, sent, stale in rows
    ]
    assert list(zip(occurred.tolist(), [Flag(flag) for flag in flags.tolist()], strict=True)) == expected


def test_a_clock_two_hours_behind_is_put_right_by_the_time_of_sending() -> None:
    receipt = a_receipt(sent_at=NOON_MS - 2 * HOUR)
    row = clean_one(a_message(timestamp=NOON_MS - 2 * HOUR - 5 * SECOND), receipt=receipt)
    assert row["occurred_at"].timestamp() * 1000 == NOON_MS - 5 * SECOND
    assert row["flags"] == Flag.TIME_CORRECTED


@pytest.mark.parametrize("place", ["message", "context"])
def test_a_retry_of_a_client_that_keeps_its_first_time_of_sending_moves_nothing(place: str) -> None:
    receipt = a_receipt(sent_at=NOON_MS - 60 * SECOND)

    def said_by(library: str) -> dict[str, Any]:
        named = {"library": {"name": library}}
        fields: dict[str, Any] = {"library": library} if place == "message" else {"context": named}
        return clean_one(a_message(timestamp=NOON_MS - 61 * SECOND, **fields), receipt=receipt)

    stale, fresh = said_by("posthog-node"), said_by("analytics.js")
    assert stale["occurred_at"].timestamp() * 1000 == NOON_MS - 61 * SECOND
    assert fresh["occurred_at"].timestamp() * 1000 == NOON_MS - SECOND


def test_the_batchs_time_of_sending_beats_the_messages_own() -> None:
    message = a_message(timestamp=NOON_MS - 2 * HOUR, sent_at=NOON_MS - HOUR)
    row = clean_one(message, receipt=a_receipt(sent_at=NOON_MS - 2 * HOUR))
    assert row["occurred_at"].timestamp() * 1000 == NOON_MS
    row = clean_one(message, receipt=a_receipt(sent_at="no time at all"))
    assert row["occurred_at"].timestamp() * 1000 == NOON_MS - HOUR


def test_an_event_two_days_ahead_is_rejected() -> None:
    (rejection,) = clean(received(a_message(timestamp=NOON_MS + 2 * DAY))).rejections
    assert (rejection.reason, rejection.detail) == ("future_time", "dated 2 days, 0:00:00 after its receipt")


def test_an_event_an_hour_ahead_happened_when_it_was_received() -> None:
    row = clean_one(a_message(timestamp=NOON_MS + HOUR))
    assert row["occurred_at"] == row["received_at"]
    assert row["flags"] == Flag.TIME_CLAMPED


def test_an_event_before_the_earliest_year_of_its_source_is_rejected() -> None:
    old = a_message(timestamp="1989-12-31T23:59:59Z")
    assert reason_of(old) == "too_old"
    assert reason_of(old, earliest_year=1980) == ""
    assert reason_of(a_message(timestamp="1990-01-01T00:00:00Z")) == ""


def test_a_time_without_a_zone_is_the_wall_clock_of_its_source() -> None:
    row = clean_one(a_message(timestamp="2026-11-21T07:00:00"), timezone="America/New_York")
    assert row["occurred_at"].timestamp() * 1000 == NOON_MS


def test_a_source_with_an_unknown_zone_counts_as_utc() -> None:
    row = clean_one(a_message(timestamp="2026-11-21T12:00:00"), timezone="Mars/Olympus")
    assert row["occurred_at"].timestamp() * 1000 == NOON_MS


def test_an_event_without_any_usable_time_happened_when_it_was_received() -> None:
    row = clean_one(a_message(timestamp="soon"))
    assert (row["occurred_at"], row["flags"]) == (row["received_at"], Flag.TIME_GUESSED)


def test_an_event_of_last_week_is_late() -> None:
    assert clean_one(a_message(timestamp=NOON_MS - 7 * DAY))["flags"] == Flag.LATE
    assert clean_one(a_message(timestamp=NOON_MS - DAY))["flags"] == 0


def test_a_time_of_sending_kept_from_the_first_try_is_believed_for_exactly_an_hour() -> None:
    def stored_minus_given(age_ms: int) -> float:
        message = a_message(timestamp=NOON_MS - age_ms, library="posthog-node")
        row = clean_one(message, receipt=a_receipt(sent_at=NOON_MS - age_ms))
        return row["occurred_at"].timestamp() * 1000 - (NOON_MS - age_ms)

    assert (stored_minus_given(HOUR), stored_minus_given(HOUR + 1)) == (0, HOUR + 1)


def test_exactly_a_day_ahead_is_the_most_that_is_forgiven() -> None:
    assert reason_of(a_message(timestamp=NOON_MS + DAY)) == ""
    assert reason_of(a_message(timestamp=NOON_MS + DAY + 1)) == "future_time"
