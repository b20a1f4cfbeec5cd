"""Kinds that give everybody a figure of their own: distribution, ltv, rfm, engagement; and heat maps."""

from __future__ import annotations

import numpy as np
import polars as pl

from asked.check import Check
from asked.shops import DAY_MS, Shop

BOUNDS = (1, 2, 3, 6, 11, 21, 51, 101)
LTV_DAYS = (1, 7, 30)
HALF_LIFE_MS = 7 * DAY_MS


def distribution(shop: Shop) -> Check:
    """How many did the first step once, twice, up to five times ..."""
    figures = shop.of(shop.steps[0]).group_by("who").len()["len"].to_numpy()
    counts = np.histogram(figures, bins=[*BOUNDS, np.inf])[0].tolist()
    period = {
        "counts": counts,
        "people": len(figures),
        "average": float(np.mean(figures)),
        "median": float(np.median(figures)),
    }
    cells = tuple(({"period": 0, "bin": number}, counts[number]) for number in (0, 3))
    return Check({"event": shop.steps[0]}, {"periods": [period]}, cells)


def ltv(shop: Shop) -> Check:
    """What people have brought so many days after their first event, by the month of it."""
    question = {
        "revenue": {"event": shop.steps[-1], "property": "amount"}, "cohort": "month", "days": list(LTV_DAYS),
    }  # fmt: skip
    months = list(dict.fromkeys(day.replace(day=1) for day in shop.days))
    first = shop.dated.group_by("who").agg(pl.col("at").min().alias("first"), pl.col("day").min().dt.month_start())
    paid = shop.dated.filter(pl.col("event") == shop.steps[-1]).join(first, on="who", suffix="_first")
    rows = []
    for month in months:
        people = first.filter(pl.col("day") == month)
        age = pl.col("at") - pl.col("first")
        brought = [
            paid.filter(pl.col("day_first") == month, age >= 0, age < days * DAY_MS)["micros"].sum()
            for days in LTV_DAYS
        ]
        count = len(people)
        rows.append({"people": count, "values": [value / 1e6 / count if count else None for value in brought]})
    return Check(question, {"rows": rows}, (({"row": 0, "column": None}, rows[0]["people"]),))


def rfm(shop: Shop) -> Check:
    """Everybody in fifths of recency, frequency and value, and the ten groups made of the first two."""
    people = shop.inside.group_by("who").agg(
        ((shop.end_ms - 1 - pl.col("at").max()) // DAY_MS).alias("recency"),
        pl.len().cast(pl.Int64).alias("frequency"),
        pl.col("micros").sum().alias("value"),
    )
    worse = {"recency": -pl.col("recency"), "frequency": pl.col("frequency"), "value": pl.col("value")}
    scored = people.with_columns(
        (1 + 5 * (figure.rank("min").cast(pl.Int64) - 1) // len(people)).alias(f"{name}_score")
        for name, figure in worse.items()
    )
    named = scored.with_columns(
        pl.struct("recency_score", "frequency_score").map_elements(_ten, return_dtype=pl.String).alias("name")
    )
    groups = named.group_by("name").agg(
        pl.len().alias("people"),
        (pl.len() / len(people)).alias("share"),
        pl.col("recency").mean().alias("average_recency_days"),
        pl.col("frequency").mean().alias("average_frequency"),
        (pl.col("value").sum() / 1e6).alias("sum_value"),
    )
    there = {row["name"]: row for row in groups.to_dicts()}
    none = {"people": 0, "share": 0, "average_recency_days": None, "sum_value": 0}
    scores = ["recency_score", "frequency_score", "value_score"]
    cells = [
        dict(zip(("recency", "frequency", "value", "people"), row, strict=True))
        for row in scored.group_by(scores).len().sort(scores).iter_rows()
    ]
    answer = {
        "people": len(people),
        "groups": [{"name": name, **there.get(name, none)} for name in TEN],
        "cells": cells,
    }
    largest = cells[-1]
    asked = (
        *(({"group": name}, there.get(name, none)["people"]) for name in ("champions", "hibernating")),
        ({name: largest[name] for name in ("recency", "frequency", "value")}, largest["people"]),
    )
    return Check({"event": None}, answer, asked)


TEN = (
    "champions", "loyal", "potential_loyalist", "new", "promising", "need_attention", "about_to_sleep", "cannot_lose",
    "at_risk", "hibernating",
)  # fmt: skip


def _ten(scores: dict[str, int]) -> str:
    """The group of a recency score and a frequency score, as docs/questions.md lists them."""
    recency, frequency = scores["recency_score"], scores["frequency_score"]
    if recency <= 2:
        return "cannot_lose" if frequency == 5 else "at_risk" if frequency >= 3 else "hibernating"
    if frequency >= 4:
        return "champions" if recency == 5 else "loyal"
    if recency == 3:
        return "need_attention" if frequency == 3 else "about_to_sleep"
    if frequency >= 2:
        return "potential_loyalist"
    return "new" if recency == 5 else "promising"


def engagement(shop: Shop) -> Check:
    """Points that fade by half in a week: 1, 3 and 10 for the steps."""
    weights = dict(zip(shop.steps, (1, 3, 10), strict=True))
    rows = shop.inside.filter(pl.col("event").is_in(list(weights)))
    age = (shop.end_ms - 1 - rows["at"]).to_numpy()
    weight = rows["event"].replace_strict(weights, return_dtype=pl.Float64).to_numpy()
    points = np.rint(weight * np.exp2(-age / HALF_LIFE_MS) * 1e6).astype(np.int64)
    people = rows.with_columns(pl.Series("points", points)).group_by("who").agg(pl.col("points").sum())
    count = len(people)
    fewer = people["points"].rank("min").to_numpy().astype(np.int64) - 1
    score = 100 * fewer // (count - 1)
    buckets = np.bincount(np.minimum(score // 10, 9), minlength=10).tolist()
    answer = {
        "people": count,
        "average_points": people["points"].mean() / 1e6,
        "median_points": people["points"].median() / 1e6,
        "buckets": [{"people": found} for found in buckets],
        "parts": [
            {"name": name, "share": int(points[weight == weights[name]].sum()) / int(points.sum())} for name in weights
        ],
    }
    question = {"weights": [{"event": name, "weight": weights[name]} for name in weights]}
    return Check(question, answer, tuple(({"bucket": number}, buckets[number]) for number in (0, 9)))


def heat_map(shop: Shop) -> Check:
    """The pages and what is touched there. None of the files says where on the page, so there are no cells."""
    events = shop.of(shop.steps[0]).filter(pl.col("element") != "")
    found = events.group_by("url_path", "element").agg(
        pl.len().alias("clicks"), pl.col("who").n_unique().alias("people")
    )
    ordered = sorted(found.iter_rows(), key=lambda row: (-row[2], row[0] == "", row[0], row[1]))
    elements = [
        {"page": page or None, "element": element, "clicks": clicks, "people": people, "share": clicks / len(events)}
        for page, element, clicks, people in ordered[:50]
    ]
    answer = {"clicks": len(events), "people": events["who"].n_unique(), "elements": elements}
    cells = tuple(({"page": one["page"], "element": one["element"]}, one["people"]) for one in elements[:2])
    return Check({"event": shop.steps[0]}, answer, cells)
