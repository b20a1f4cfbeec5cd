"""Kinds that count people and events period by period: trend, retention, lifecycle, stickiness, session."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from asked.check import Check
from asked.shops import Shop

WEEK = timedelta(days=7)
SESSION_GAP_MS = 30 * 60 * 1000


def trend(shop: Shop) -> Check:
    """Daily events of the first step, daily people and money of the last one, and the three largest items."""
    first, last = shop.of(shop.steps[0]), shop.of(shop.steps[-1])
    question = {
        "series": [
            {"event": shop.steps[0]},
            {"event": shop.steps[-1], "math": "unique_users"},
            {"event": shop.steps[-1], "math": "sum", "property": "amount"},
        ],
        "breakdown": {"property": f"${shop.item}", "limit": 3},
    }
    daily = dict(first.group_by("day").len().iter_rows())
    people = dict(last.group_by("day").agg(pl.col("who").n_unique()).iter_rows())
    money = dict(last.group_by("day").agg(pl.col("micros").sum()).iter_rows())
    series = [
        {"values": [daily.get(day, 0) for day in shop.days], "sum": len(first), "total": len(first)},
        {"values": [people.get(day, 0) for day in shop.days], "total": last["who"].n_unique()},
        {"values": [money.get(day, 0) / 1e6 for day in shop.days], "total": last["micros"].sum() / 1e6},
    ]
    # A group is ranked by its events of the first series; an item that only the last step has counts there as 0.
    items = pl.concat([first, last]) if shop.steps[0] != shop.steps[-1] else first
    sizes = dict.fromkeys(items[shop.item].to_list(), 0) | dict(first.group_by(shop.item).len().iter_rows())
    ordered = sorted(sizes, key=lambda item: (-sizes[item], item == "", item))
    groups: list[dict[str, Any]] = [
        {"value": [item or None], "series": [{"total": sizes[item]}, {}, {}]} for item in ordered[:3]
    ]
    if len(ordered) > 3:
        rest = sum(sizes[item] for item in ordered[3:])
        groups.append({"value": [], "kind": "other", "series": [{"total": rest}, {}, {}]})
    busiest = max(range(len(shop.days)), key=lambda number: people.get(shop.days[number], 0))
    cells = (
        ({"series": 0, "period": None}, first["who"].n_unique()),
        ({"series": 1, "period": busiest}, people.get(shop.days[busiest], 0)),
        (
            {
                "series": 0,
                "period": None,
                "group": [ordered[0] or None],
                "group_kind": "value" if ordered[0] else "null",
            },
            first.filter(pl.col(shop.item) == ordered[0])["who"].n_unique(),
        ),
    )
    return Check(question, {"series": series, "by_breakdown": groups}, cells)


def active_in(events: pl.DataFrame, *, weeks: list[date]) -> list[set[int]]:
    """The people with an event in each week."""
    by_week = events.group_by(pl.col("day").dt.truncate("1w").alias("week")).agg(pl.col("who").unique())
    found = {week: set(people) for week, people in by_week.iter_rows()}
    return [found.get(week, set()) for week in weeks]


def weeks_of(shop: Shop) -> list[date]:
    """The Mondays on which the weeks of the range begin."""
    monday = shop.first - timedelta(days=shop.first.weekday())
    return [monday + number * WEEK for number in range((shop.last - monday).days // 7 + 1)]


def retention(shop: Shop) -> Check:
    """Who of the people of the first step's week came back for anything in the three weeks after."""
    question = {
        "target": {"event": shop.steps[0]}, "returning": {"event": None}, "period": "week", "intervals": 4,
    }  # fmt: skip
    weeks = weeks_of(shop)
    before_end = shop.dated.filter(pl.col("at") < shop.end_ms, pl.col("event") == shop.steps[0])
    cohorts = active_in(before_end, weeks=weeks)
    returning = active_in(shop.dated, weeks=[*weeks, *(weeks[-1] + n * WEEK for n in (1, 2, 3))])
    rows = [
        {"values": [len(cohort), *(len(cohort & returning[row + column]) for column in (1, 2, 3))]}
        for row, cohort in enumerate(cohorts)
    ]
    cells = tuple(({"row": 0, "column": column}, rows[0]["values"][column]) for column in range(4))
    return Check(question, {"rows": rows}, cells)


def lifecycle(shop: Shop) -> Check:
    """Weeks in which people of the first step are new, still there, back again, or gone."""
    weeks = weeks_of(shop)
    matching = shop.dated.filter(pl.col("event") == shop.steps[0], pl.col("at") < shop.end_ms)
    before, *active = active_in(matching, weeks=[weeks[0] - WEEK, *weeks])
    first = dict(matching.group_by("who").agg(pl.col("day").min().dt.truncate("1w")).iter_rows())
    statuses: dict[str, list[int]] = {"new": [], "returning": [], "resurrecting": [], "dormant": []}
    for week, now in zip(weeks, active, strict=True):
        new = {who for who in now if first[who] == week}
        statuses["new"].append(len(new))
        statuses["returning"].append(len(now & before))
        statuses["resurrecting"].append(len(now - new - before))
        statuses["dormant"].append(len(before - now))
        before = now
    last = len(weeks) - 1
    cells = tuple(({"status": status, "period": last}, counts[last]) for status, counts in statuses.items())
    return Check({"event": shop.steps[0], "interval": "week"}, statuses, cells)


def stickiness(shop: Shop) -> Check:
    """In how many weeks of the range people did anything."""
    weeks = len(weeks_of(shop))
    active = shop.inside.group_by("who").agg(pl.col("day").dt.truncate("1w").n_unique().alias("weeks"))
    counts = dict(active.group_by("weeks").len().iter_rows())
    expected = [counts.get(number, 0) for number in range(1, weeks + 1)]
    cells = (({"intervals": 1}, expected[0]), ({"intervals": weeks}, expected[-1]))
    return Check({"event": None, "interval": "week"}, {"counts": expected}, cells)


def session(shop: Shop) -> Check:
    """Visits, half an hour of silence ending one."""
    rows = shop.dated.sort("who", "at", "position")
    new = (pl.col("who") != pl.col("who").shift()) | (pl.col("at") - pl.col("at").shift() > SESSION_GAP_MS)
    visits = rows.with_columns(new.fill_null(True).cum_sum().alias("visit")).group_by("visit").agg(
        pl.col("who").first(),
        pl.col("day").first(),
        pl.col("at").min(),
        (pl.col("at").max() - pl.col("at").min()).alias("ms"),
        pl.len().alias("events"),
        pl.col("url_path").filter(pl.col("url_path") != "").first().alias("entry"),
    )  # fmt: skip
    visits = visits.filter(pl.col("at").is_between(shop.start_ms, shop.end_ms, closed="left"))
    daily = {row["day"]: row for row in visits.group_by("day").agg(*_figures()).to_dicts()}
    pages = sorted(visits.drop_nulls("entry")["entry"].value_counts().iter_rows(), key=lambda row: (-row[1], row[0]))
    answer = {
        "total": visits.select(*_figures()).to_dicts()[0],
        "periods": [
            {name: value for name, value in daily.get(day, {"sessions": 0, "people": 0}).items() if name != "day"}
            for day in shop.days
        ],
    }
    if len(pages) <= 25:
        answer["entry_pages"] = [{"page": page, "sessions": count} for page, count in pages]
    busiest = max(range(len(shop.days)), key=lambda number: daily.get(shop.days[number], {"people": 0})["people"])
    cells = (
        ({"period": None}, visits["who"].n_unique()),
        ({"period": busiest}, daily[shop.days[busiest]]["people"]),
    )
    return Check({}, answer, cells)


def _figures() -> tuple[pl.Expr, ...]:
    return (
        pl.len().alias("sessions"),
        pl.col("who").n_unique().alias("people"),
        (pl.col("ms").mean() / 1000).alias("average_seconds"),
        (pl.col("ms").median() / 1000).alias("median_seconds"),
        pl.col("events").mean().alias("average_events"),
        (pl.col("events") == 1).mean().alias("bounce_rate"),
    )
