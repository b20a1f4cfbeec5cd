"""Alerts decided: when they fire, when they are looked at, what they would have done, and where a figure is."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuji.analyse.alert_figures import check_figure, measured, moved_back, one_answer_holds_all
from zuji.analyse.alerts import (
    Figure,
    Measured,
    Moment,
    Rule,
    Stand,
    decide,
    is_due,
    period_end,
    read_rule,
    read_schedule,
    replayed,
)
from zuji.terms.error import BadQuestion
from zuji.terms.period import Calendar

MINUTE = 60_000
SHANGHAI = Calendar(ZoneInfo("Asia/Shanghai"))
BERLIN = Calendar(ZoneInfo("Europe/Berlin"))


def a_rule(condition: str, threshold: float, *, cooldown: int = 0) -> Rule:
    return read_rule(
        {
            "figure": {"series": 0, "figure": "last_complete_period"},
            "condition": condition,
            "threshold": threshold,
            "cooldown_minutes": cooldown,
        }
    )


@pytest.mark.parametrize(
    ("condition", "threshold", "value", "previous", "fires"),
    [
        ("above", 10, 11, None, True),
        ("above", 10, 10, None, False),
        ("below", 10, 9.5, None, True),
        ("below", 10, 10, None, False),
        ("above", -5, 0, None, True),
        ("above", 10, None, None, False),
        ("below", 10, None, None, False),
        ("change_up_percent", 20, 121, 100, True),
        ("change_up_percent", 20, 120, 100, False),
        ("change_up_percent", 20, 50, 100, False),
        ("change_up_percent", 1000, 1, 0, True),
        ("change_up_percent", 0, 0, 0, False),
        ("change_up_percent", 20, 100, None, False),
        ("change_down_percent", 20, 79, 100, True),
        ("change_down_percent", 20, 80, 100, False),
        ("change_down_percent", 100, 0, 100, False),
        ("change_down_percent", 20, None, 100, False),
        ("change_down_percent", 20, -13, -10, True),
    ],
)
def test_a_figure_beyond_its_threshold_fires_and_on_it_does_not(
    condition: str, threshold: float, value: float | None, previous: float | None, fires: bool
) -> None:
    after = decide(a_rule(condition, threshold), Measured(value, previous), Stand(), at=7)
    assert after == (Stand("firing", 7) if fires else Stand("ok", None))


def test_what_fires_goes_on_firing_and_keeps_the_moment_it_began() -> None:
    firing = Stand("firing", 5)
    assert decide(a_rule("above", 10, cooldown=60), Measured(12), firing, at=9_000_000) == firing


def test_a_crossing_within_the_cool_down_is_held_back_and_fires_when_it_is_over() -> None:
    rule = a_rule("above", 10, cooldown=30)
    calm = decide(rule, Measured(1), Stand("firing", 0), at=MINUTE)
    assert calm == Stand("ok", 0)
    assert decide(rule, Measured(12), calm, at=30 * MINUTE - 1) == Stand("ok", 0)
    assert decide(rule, Measured(12), calm, at=30 * MINUTE) == Stand("firing", 30 * MINUTE)


LOOKS = st.lists(st.tuples(st.integers(1, 100), st.none() | st.integers(0, 20)), max_size=40)


@given(LOOKS, st.integers(0, 200))
def test_an_alert_never_begins_to_fire_twice_within_its_cool_down(
    looks: list[tuple[int, int | None]], cooldown: int
) -> None:
    at, moments = 0, []
    for minutes, value in looks:
        at += minutes * MINUTE
        moments.append(Moment(at, Measured(value)))
    found = replayed(a_rule("above", 10, cooldown=cooldown), moments)
    fired = [one.moment.at for one in found if one.fired]
    assert all(later - earlier >= cooldown * MINUTE for earlier, later in pairwise(fired))
    for one in found:
        crossing = one.moment.measured.value is not None and one.moment.measured.value > 10
        last = max((moment for moment in fired if moment <= one.moment.at), default=None)
        if not crossing:
            assert one.state == "ok"
        elif last is None or one.moment.at >= last + cooldown * MINUTE:
            assert one.state == "firing"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"condition": "over"}, "Invalid enum value 'over'"),
        ({"threshold": "10"}, "Expected `float`"),
        ({"threshold": -5, "condition": "change_up_percent"}, "a change is 0 percent or more"),
        ({"cooldown_minutes": -1}, "Expected `int` >= 0"),
        ({"colour": "red"}, "unknown field `colour`"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_what_would(rule: dict[str, Any], said: str) -> None:
    document = {"figure": {"series": 0, "figure": "total"}, "condition": "above", "threshold": 1, **rule}
    with pytest.raises(BadQuestion, match=said):
        read_rule(document)


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ({"unit": "day"}, "a daily schedule names its time"),
        ({"unit": "hour", "at": "09:00"}, "a daily schedule names its time"),
        ({"unit": "day", "at": "24:00"}, "matching regex"),
        ({"unit": "minute", "every": 0}, ">= 1"),
        ({"unit": "day", "at": "09:00", "every": 2}, "a day has one look"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(schedule: dict[str, Any], said: str) -> None:
    with pytest.raises(BadQuestion, match=said):
        read_schedule(schedule)


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)


def due(schedule: dict[str, Any], checked: str | None, made: str, now: str, calendar: Calendar = SHANGHAI) -> bool:
    return is_due(
        read_schedule(schedule),
        checked_at=None if checked is None else ms(checked),
        made_at=ms(made),
        now=ms(now),
        calendar=calendar,
    )


def test_a_look_every_so_many_minutes_begins_at_once() -> None:
    made, every = "2026-03-01T08:00+08:00", {"unit": "minute", "every": 15}
    assert due(every, None, made, made)
    assert not due(every, "2026-03-01T08:00+08:00", made, "2026-03-01T08:14:59.999+08:00")
    assert due(every, "2026-03-01T08:00+08:00", made, "2026-03-01T08:15+08:00")


def test_a_daily_look_waits_for_its_time_of_the_local_clock() -> None:
    daily = {"unit": "day", "at": "09:00"}
    assert not due(daily, None, "2026-03-01T10:00+08:00", "2026-03-02T08:59+08:00")
    assert due(daily, None, "2026-03-01T10:00+08:00", "2026-03-02T09:00+08:00")
    assert not due(daily, "2026-03-02T09:00:05+08:00", "2026-03-01T10:00+08:00", "2026-03-02T23:00+08:00")
    assert due(daily, "2026-03-02T09:00:05+08:00", "2026-03-01T10:00+08:00", "2026-03-05T03:00+08:00")


def test_a_daily_look_at_a_time_that_a_clock_change_skips_comes_an_hour_later() -> None:
    daily = {"unit": "day", "at": "02:30"}
    assert not due(daily, "2026-03-28T02:30+01:00", "2026-03-01T00:00Z", "2026-03-29T03:29+02:00", BERLIN)
    assert due(daily, "2026-03-28T02:30+01:00", "2026-03-01T00:00Z", "2026-03-29T03:30+02:00", BERLIN)


def test_periods_end_where_the_next_begins_also_when_the_clock_changes() -> None:
    assert period_end(BERLIN, "day", "2026-03-29") == ms("2026-03-30T00:00+02:00")
    assert period_end(SHANGHAI, "month", "2026-02-01") == ms("2026-03-01T00:00+08:00")
    assert period_end(SHANGHAI, "hour", "2026-02-01T10:00:00+08:00") == ms("2026-02-01T11:00+08:00")


PERIODS = [
    {"start": "2026-03-01", "partial": True},
    {"start": "2026-03-02", "partial": False},
    {"start": "2026-03-03", "partial": False},
    {"start": "2026-03-04", "partial": True},
]
TREND = {
    "periods": PERIODS,
    "series": [{"name": "view", "values": [1, 20, 30, 4], "sum": 55, "total": 50}],
    "previous": {"periods": [], "series": [{"name": "view", "values": [], "sum": 0, "total": 40}]},
}


def test_the_last_complete_period_of_a_trend_is_compared_with_the_one_before() -> None:
    assert measured("trend", TREND, Figure(series=0, figure="last_complete_period")) == Measured(30, 20)


def test_the_period_before_counts_only_when_it_is_complete_too() -> None:
    cut = {**TREND, "periods": PERIODS[:2], "series": [{"values": [1, 20]}]}
    assert measured("trend", cut, Figure(series=0, figure="last_complete_period")) == Measured(20, None)
    nothing = {**TREND, "periods": PERIODS[:1], "series": [{"values": [1]}]}
    assert measured("trend", nothing, Figure(series=0, figure="last_complete_period")) == Measured(None)


def test_the_total_of_a_trend_is_compared_with_that_of_the_previous_range() -> None:
    assert measured("trend", TREND, Figure(series=0, figure="total")) == Measured(50, 40)
    assert measured("trend", {**TREND, "previous": None}, Figure(series=0, figure="total")) == Measured(50, None)


def test_a_lifecycle_and_a_funnel_name_their_figures_by_status_and_step() -> None:
    lifecycle = {"periods": PERIODS, "new": [9, 8, 7, 6]}
    assert measured("lifecycle", lifecycle, Figure(status="new", figure="last_complete_period")) == Measured(7, 8)
    funnel = {"steps": [{"count": 10, "conversion_rate": 1.0}, {"count": 4, "conversion_rate": 0.4}]}
    assert measured("funnel", funnel, Figure(step=2, figure="conversion_rate")) == Measured(0.4)
    assert measured("funnel", funnel, Figure(step=2, figure="count")) == Measured(4)


VIEWS: dict[str, Any] = {"series": [{"event": "view", "math": "total"}]}
FUNNEL = {"steps": [{"event": "view"}, {"event": "cart"}]}


@pytest.mark.parametrize(
    ("kind", "document", "figure", "said"),
    [
        ("stickiness", {}, {"series": 0, "figure": "total"}, "a stickiness has none"),
        ("lifecycle", {}, {"series": 0, "figure": "total"}, "of a lifecycle it is {status"),
        ("lifecycle", {}, {"status": "new", "series": 0, "figure": "last_complete_period"}, "of a lifecycle"),
        ("funnel", FUNNEL, {"step": 3, "figure": "count"}, "the steps 1 to 2, got 3"),
        ("funnel", {**FUNNEL, "view": {"type": "over_time"}}, {"step": 1, "figure": "count"}, "the view `steps`"),
        ("funnel", FUNNEL, {"figure": "count"}, "of a funnel it is {step"),
    ],
)
def test_a_figure_that_the_question_does_not_have_is_refused(
    kind: str, document: dict[str, Any], figure: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadQuestion, match=said):
        check_figure(kind, document, Figure(**figure))


def test_a_range_moved_back_ends_where_the_range_began() -> None:
    days = {"kind": "x", "date_from": "2026-03-29", "date_to": "2026-03-31"}
    assert moved_back(days) == {"kind": "x", "date_from": "2026-03-26", "date_to": "2026-03-28"}
    moments = {"date_from": "2026-03-02T10:00:00.000+08:00", "date_to": "2026-03-02T10:59:59.999+08:00"}
    assert moved_back(moments) == {
        "date_from": "2026-03-02T09:00:00.000+08:00",
        "date_to": "2026-03-02T09:59:59.999+08:00",
    }
    mixed = {"date_from": "2026-03-02T10:00:00.000+08:00", "date_to": "2026-03-03"}
    assert moved_back(mixed) == {"date_from": "2026-02-28T10:00:00.000+08:00", "date_to": "2026-03-01"}


def test_one_answer_holds_all_looks_at_periods_and_no_others() -> None:
    last = Figure(status="new", figure="last_complete_period")
    assert one_answer_holds_all("lifecycle", {}, last)
    assert not one_answer_holds_all("funnel", FUNNEL, Figure(step=1, figure="count"))
    trend_last = Figure(series=0, figure="last_complete_period")
    assert one_answer_holds_all("trend", VIEWS, trend_last)
    assert not one_answer_holds_all("trend", VIEWS, Figure(series=0, figure="total"))
    for drawn in ({"cumulative": True}, {"smoothing": 7}):
        assert not one_answer_holds_all("trend", {**VIEWS, **drawn}, trend_last)


def test_formulas_of_a_trend_are_counted_behind_its_series() -> None:
    with_formula = {**VIEWS, "formulas": ["A * 2"]}
    check_figure("trend", with_formula, Figure(series=1, figure="total"))
    with pytest.raises(BadQuestion, match="there is no series 2"):
        check_figure("trend", with_formula, Figure(series=2, figure="total"))
