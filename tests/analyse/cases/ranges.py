"""Dates and periods by hand: which moments lie in a range, and which periods it has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from analyse.case import Case
from analyse.hand import happened
from analyse.reference.values import moment_of
from analyse.reference.world import Event, World


def at(text: str, person: int = 1) -> Event:
    """An event of a person at a moment."""
    moment = moment_of(text, ZoneInfo("UTC"))
    assert moment is not None
    return replace(happened("A", 0, person), at=moment, position=person, event_id=text)


def holds(name: str, moments: list[str], *who: int, zone: str = "UTC", **question: Any) -> Case:
    """The n-th moment is the n-th person's; `who` are those inside the range."""
    world = World(tuple(at(text, number) for number, text in enumerate(moments, start=1)), {}, zone)
    asked = {"now": "2026-05-31T12:00:00Z", "series": [{"event": "A", "math": "unique_users"}], **question}
    cells = (({"series": 0, "period": None}, frozenset(who)),)
    return Case(name, world, "trend", asked, {"series": [{"total": len(who)}]}, cells)


def periods(name: str, starts: list[str], interval: str, *, zone: str = "UTC", **question: Any) -> Case:
    """Which periods a range has."""
    asked = {"now": "2030-01-01T00:00:00Z", "interval": interval, "series": [{"event": "A"}], **question}
    answer = {"periods": [{"start": start} for start in starts]}
    return Case(name, World((), {}, zone), "trend", asked, answer)


def from_to(first: str, last: str) -> dict[str, str]:
    return {"date_from": first, "date_to": last}


EDGES = ["2026-03-01T15:59:59.999Z", "2026-03-01T16:00Z", "2026-03-02T15:59:59.999Z", "2026-03-02T16:00Z"]
HOURS = ["2026-03-02T10:29:59.999Z", "2026-03-02T10:30Z", "2026-03-02T11:00Z", "2026-03-02T11:00:00.001Z"]
SPRING = ["2026-03-08T06:59Z", "2026-03-08T07:00Z", "2026-03-08T07:30Z", "2026-03-08T07:31Z"]
AUTUMN = ["2026-11-01T05:29Z", "2026-11-01T05:30Z", "2026-11-01T06:30Z"]
TEHRAN = ["2021-03-21T20:29Z", "2021-03-21T20:30Z", "2021-03-22T19:29Z", "2021-03-22T19:30Z"]
DATES = [
    holds(
        "a day is a local day from its first instant to its last",
        EDGES,
        *(2, 3),
        zone="Asia/Shanghai",
        **from_to("2026-03-02", "2026-03-02"),
    ),
    holds(
        "the question's zone comes before the workspace's",
        EDGES,
        *(2, 3),
        timezone="Asia/Shanghai",
        **from_to("2026-03-02", "2026-03-02"),
    ),
    holds(
        "a moment as date_to is included, exactly", HOURS, *(2, 3), **from_to("2026-03-02T10:30", "2026-03-02T11:00")
    ),
    holds(
        "an offset makes a date an instant", HOURS, *(2, 3), **from_to("2026-03-02T18:30+08:00", "2026-03-02T11:00Z")
    ),
    holds(
        "a moment that a clock change skips moves on by the gap",
        SPRING,
        *(3, 4),
        zone="America/New_York",
        **from_to("2026-03-08T02:30", "2026-03-09"),
    ),
    holds(
        "a moment that occurs twice is the first",
        AUTUMN,
        *(2, 3),
        zone="America/New_York",
        **from_to("2026-11-01T01:30", "2026-11-02"),
        now="2026-12-01T00:00Z",
    ),
    holds(
        "a day whose midnight is skipped begins after the gap",
        TEHRAN,
        *(2, 3),
        zone="Asia/Tehran",
        **from_to("2021-03-22", "2021-03-22"),
    ),
]
NOW_DAYS = ["2026-02-27T23:59Z", "2026-02-28T00:00Z", "2026-04-30T23:59Z", "2026-05-01T00:00Z", "2026-05-31T11:59Z"]
MONTHS = ["2026-03-31T23:59Z", "2026-04-01T00:00Z", "2026-04-30T23:59:59Z", "2026-05-01T00:00Z"]
WEEKS = ["2026-05-24T00:00Z", "2026-05-25T00:00Z", "2026-05-31T00:00Z"]
EXACT = ["2026-05-31T05:59:59.999Z", "2026-05-31T06:00Z", "2026-05-31T11:30Z", "2026-05-31T11:30:00.001Z"]
LAST_30 = ["2026-05-01T23:59Z", "2026-05-02T00:00Z", "2026-05-31T23:59Z", "2026-06-01T00:00Z"]
RELATIVE = [
    holds("a day that the month does not have becomes its last", NOW_DAYS, 2, 3, 4, 5, date_from="-3m"),
    holds("a relative day as date_to is whole", NOW_DAYS, 2, 3, **from_to("-3m", "-1m")),
    holds("a count before a start counts whole months", MONTHS, 2, 3, **from_to("-1mStart", "-1m")),
    holds("a start as date_to is that whole day", MONTHS, 2, 3, 4, **from_to("-1mStart", "mStart")),
    holds("weeks begin on Monday", WEEKS, 2, 3, date_from="wStart"),
    holds("weeks begin on Sunday where the question says so", WEEKS, 3, date_from="wStart", week_start="sunday"),
    holds("hours and minutes back are exact moments", EXACT, 2, 3, **from_to("-6h", "-30min")),
    holds("the last 30 days with today are the default", LAST_30, 2, 3),
]
CALENDAR = [
    periods(
        "a range of one moment has one period", ["2026-03-02"], "day", **from_to("2026-03-02T10:30", "2026-03-02T10:30")
    ),
    periods(
        "the first period reaches before the range",
        ["2026-02-23", "2026-03-02"],
        "week",
        **from_to("2026-03-01", "2026-03-02"),
    ),
    periods(
        "quarters begin in January, April, July and October",
        ["2025-10-01", "2026-01-01", "2026-04-01"],
        "quarter",
        **from_to("2025-12-31", "2026-04-01"),
    ),
    periods(
        "an hour that is skipped is no period",
        ["2026-03-08T01:00:00-05:00", "2026-03-08T03:00:00-04:00"],
        "hour",
        zone="America/New_York",
        **from_to("2026-03-08T01:00", "2026-03-08T03:59"),
    ),
    periods(
        "an hour that occurs twice is two periods",
        ["2026-11-01T01:00:00-04:00", "2026-11-01T01:00:00-05:00", "2026-11-01T02:00:00-05:00"],
        "hour",
        zone="America/New_York",
        **from_to("2026-11-01T01:00", "2026-11-01T02:00"),
    ),
    periods(
        "where a clock is put on by half an hour a period is half as long",
        ["2026-10-04T01:00:00+10:30", "2026-10-04T02:30:00+11:00", "2026-10-04T03:00:00+11:00"],
        "hour",
        zone="Australia/Lord_Howe",
        **from_to("2026-10-04T01:00", "2026-10-04T03:00"),
    ),
    periods(
        "where a clock is put back by half an hour a period is half as long",
        ["2026-04-05T01:00:00+11:00", "2026-04-05T01:30:00+10:30", "2026-04-05T02:00:00+10:30"],
        "hour",
        zone="Australia/Lord_Howe",
        **from_to("2026-04-05T01:00", "2026-04-05T02:00"),
    ),
    periods(
        "hours begin where the local clock shows a full one",
        ["2026-03-02T05:00:00+05:45", "2026-03-02T06:00:00+05:45"],
        "hour",
        zone="Asia/Kathmandu",
        **from_to("2026-03-02T00:00Z", "2026-03-02T00:15Z"),
    ),
    periods(
        "a minute is written with its offset",
        ["2026-03-02T05:45:00+05:45"],
        "minute",
        zone="Asia/Kathmandu",
        **from_to("2026-03-02T00:00Z", "2026-03-02T00:00:59.999Z"),
    ),
    Case(
        "partial is what the range cuts and what is not over",
        World((), {}, "UTC"),
        "trend",
        {"now": "2026-03-06T00:00:00Z", "series": [{"event": "A"}], **from_to("2026-03-02T00:00:00.001", "2026-03-06")},
        {
            "periods": [
                {"start": "2026-03-02", "partial": True},
                {"start": "2026-03-03", "partial": False},
                {"start": "2026-03-04", "partial": False},
                {"start": "2026-03-05", "partial": False},
                {"start": "2026-03-06", "partial": True},
            ]
        },
    ),
    Case(
        "an event belongs to the period that it begins",
        World((at("2026-03-02T23:59:59.999Z"), at("2026-03-03T00:00Z", 2)), {}, "UTC"),
        "trend",
        {"now": "2026-05-01T00:00:00Z", "series": [{"event": "A"}], **from_to("2026-03-02", "2026-03-03")},
        {"series": [{"values": [1, 1]}]},
    ),
]
CASES = [*DATES, *RELATIVE, *CALENDAR]
