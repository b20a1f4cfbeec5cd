"""Windows against a plain reading of docs/rules.md, at clock changes and in zones with odd offsets."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zuji.tag.read_window import read_window
from zuji.tag.rule import EVER, Last, This
from zuji.tag.windows import BEGINNING, bucket_of, bucket_start, next_move, range_of
from zuji.terms.dates import Span
from zuji.terms.period import DAY_MS, Calendar, milliseconds

SHANGHAI = Calendar(ZoneInfo("Asia/Shanghai"))
BERLIN = Calendar(ZoneInfo("Europe/Berlin"))
ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/St_Johns",  # half hours; until 2011 the clock went back over midnight
    "America/Sao_Paulo",  # until 2018 the clock skipped midnight
    "Pacific/Apia",  # has no 30 December 2011
    "Australia/Lord_Howe",  # a summer of half an hour
    "Asia/Kathmandu",
    "Africa/Monrovia",
)


def moment(text: str, calendar: Calendar = SHANGHAI) -> int:
    """A local time as milliseconds."""
    return milliseconds(datetime.fromisoformat(text).replace(tzinfo=calendar.zone))


def plain_day(at: int, calendar: Calendar) -> int:
    """The latest day that has begun, found by looking at every day near."""
    near = calendar.local(at).date()
    days = [near + timedelta(days=step) for step in range(-2, 3)]
    return max(day for day in days if calendar.day_start(day) <= at).toordinal() - date(1970, 1, 1).toordinal()


NOW = moment("2026-03-18T15:30:00")  # a Wednesday


@pytest.mark.parametrize(
    ("document", "from_text", "to_text"),
    [
        (None, None, None),
        ({"last": {"amount": 1, "unit": "minute"}}, "2026-03-18T15:30:00", None),
        ({"last": {"amount": 1, "unit": "hour"}}, "2026-03-18T14:31:00", None),
        ({"last": {"amount": 36, "unit": "hour"}}, "2026-03-17T04:00:00", None),
        ({"last": {"amount": 7, "unit": "day"}}, "2026-03-11T16:00:00", None),
        ({"last": {"amount": 30, "unit": "day"}}, "2026-02-17", None),
        ({"this": "day"}, "2026-03-18", None),
        ({"this": "week"}, "2026-03-16", None),
        ({"this": "quarter"}, "2026-01-01", None),
        ({"previous": "day"}, "2026-03-17", "2026-03-18"),
        ({"previous": "week"}, "2026-03-09", "2026-03-16"),
        ({"previous": "month"}, "2026-02-01", "2026-03-01"),
        ({"previous": "year"}, "2025-01-01", "2026-01-01"),
        ({"from": "2026-03-01", "to": "2026-03-05"}, "2026-03-01", "2026-03-06"),
        ({"from": "2026-03-01"}, "2026-03-01", None),
        ({"to": "2026-03-05"}, None, "2026-03-06"),
    ],
)
def test_a_window_holds_what_the_page_says(document: object, from_text: str | None, to_text: str | None) -> None:
    from_ms = BEGINNING if from_text is None else moment(from_text)
    to_ms = NOW + 1 if to_text is None else moment(to_text)
    assert range_of(read_window(document, "window"), NOW, SHANGHAI) == Span(from_ms, to_ms)


def test_days_that_are_still_to_come_are_empty() -> None:
    span = range_of(read_window({"from": "2026-04-01", "to": "2026-04-03"}, "window"), NOW, SHANGHAI)
    assert span.from_ms == span.to_ms == NOW + 1


def test_a_week_begins_on_monday_also_where_charts_begin_on_sunday() -> None:
    assert range_of(This("week"), NOW, Calendar(SHANGHAI.zone, "sunday")) == range_of(This("week"), NOW, SHANGHAI)


def test_a_day_of_a_clock_change_is_one_bucket_of_23_hours() -> None:
    noon = moment("2026-03-29T12:00", BERLIN)
    span = range_of(Last(1, "day", "day", 1), noon, BERLIN)
    following = next_move(Last(1, "day", "day", 1), noon, BERLIN)
    assert following is not None
    assert following - span.from_ms == 23 * 3_600_000


moments = st.integers(moment("1999-01-01"), moment("2030-01-01"))
near_changes = st.sampled_from(
    [moment("2011-12-30T10:00", Calendar(ZoneInfo("UTC"))), moment("2006-10-29T02:31", Calendar(ZoneInfo("UTC")))]
).flatmap(lambda at: st.integers(at - 2 * DAY_MS, at + 2 * DAY_MS))
calendars = st.sampled_from(ZONES).map(lambda name: Calendar(ZoneInfo(name)))
windows = st.one_of(
    st.just(EVER),
    st.builds(lambda n: Last(n, "minute", "minute", n), st.integers(1, 360)),
    st.builds(lambda n: Last(n, "hour", "hour", n), st.integers(7, 168)),
    st.builds(lambda n: Last(n, "day", "day", n), st.integers(1, 400)),
    st.builds(This, st.sampled_from(["day", "week", "month", "quarter", "year"]), st.sampled_from([0, 1])),
)


@given(moments | near_changes, calendars)
@example(moment("2006-10-29T00:00:30", Calendar(ZoneInfo("America/St_Johns"))), Calendar(ZoneInfo("America/St_Johns")))
@settings(max_examples=300, deadline=None)
def test_a_moment_lies_in_the_latest_day_that_has_begun(at: int, calendar: Calendar) -> None:
    day = bucket_of("day", at, calendar)
    assert day == plain_day(at, calendar)
    assert bucket_start("day", day, calendar) <= at < bucket_start("day", day + 1, calendar)


@given(st.integers(1, 400), st.sampled_from(["minute", "hour", "day"]), moments | near_changes, calendars, st.data())
@settings(max_examples=300, deadline=None)
def test_the_last_buckets_are_those_whose_number_is_high_enough(
    buckets: int, width: str, t: int, calendar: Calendar, data: st.DataObject
) -> None:
    at = data.draw(st.integers(t - 500 * DAY_MS, t) | st.integers(t - 400 * 60_000, t))
    span = range_of(Last(buckets, width, width, buckets), t, calendar)  # type: ignore[arg-type]
    inside = bucket_of(width, at, calendar) > bucket_of(width, t, calendar) - buckets  # type: ignore[arg-type]
    assert (span.from_ms <= at < span.to_ms) == inside


@given(windows, moments | near_changes, calendars, st.data())
@settings(max_examples=300, deadline=None)
def test_a_range_begins_elsewhere_at_the_next_move_and_not_before(
    window: Last | This, t: int, calendar: Calendar, data: st.DataObject
) -> None:
    move = next_move(window, t, calendar)
    if move is None:
        assert window == EVER
        return
    before = data.draw(st.integers(t, move - 1))
    assert t < move
    assert range_of(window, before, calendar).from_ms == range_of(window, t, calendar).from_ms
    assert range_of(window, move, calendar).from_ms > range_of(window, t, calendar).from_ms
