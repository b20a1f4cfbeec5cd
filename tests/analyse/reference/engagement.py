"""Engagement: points for what people do, worth less as they grow old, and where everybody stands among all."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

from analyse.reference.admitted import Asked, by_key, is_match, settle
from analyse.reference.condition import UNIT_MS
from analyse.reference.world import World

MILLION = 1_000_000


def answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    """The `answer` object of docs/questions.md."""
    points = points_of(settle(world, question))
    totals = [sum(parts) for parts in points.values()]
    buckets = question.get("buckets", 10)
    counts = [bucket_of(score, buckets) for score in scores_of(points).values()]
    return {
        "people": len(points),
        "average_points": sum(totals) / (MILLION * len(totals)) if totals else None,
        "median_points": median(totals) / MILLION if totals else None,
        "buckets": [
            {"from": 100 * place / buckets, "to": 100 * (place + 1) / buckets, "people": counts.count(place)}
            for place in range(buckets)
        ],
        "parts": [
            {
                "name": weight.get("event"),
                "share": sum(parts[place] for parts in points.values()) / sum(totals) if sum(totals) else 0.0,
            }
            for place, weight in enumerate(question["weights"])
        ],
    }


def people(world: World, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[Any]:
    """The persons whose score is in the bucket."""
    scores = scores_of(points_of(settle(world, question)))
    return {key for key, score in scores.items() if bucket_of(score, question.get("buckets", 10)) == cell["bucket"]}


def points_of(asked: Asked) -> dict[Any, list[int]]:
    """Everybody's points by weight, in millionths."""
    half_life = asked.question.get("half_life") or {"amount": 7, "unit": "day"}
    length = half_life["amount"] * UNIT_MS[half_life["unit"]]
    points: dict[Any, list[int]] = {}
    for key, events in by_key(asked, filter(asked.in_range, asked.events)).items():
        for event in events:
            for place, weight in enumerate(asked.question["weights"]):
                if is_match(asked, event, weight):
                    own = points.setdefault(key, [0] * len(asked.question["weights"]))
                    own[place] += round(weight["weight"] * 2.0 ** (-(asked.end - event.at) / length) * MILLION)
    return points


def scores_of(points: Mapping[Any, list[int]]) -> dict[Any, int]:
    """Where everybody stands: the share of the others with strictly less, in percent."""
    totals = {key: sum(parts) for key, parts in points.items()}
    if len(totals) == 1:
        return dict.fromkeys(totals, 100)
    return {
        key: 100 * sum(other < total for other in totals.values()) // (len(totals) - 1) for key, total in totals.items()
    }


def bucket_of(score: int, buckets: int) -> int:
    """The bucket of a score; 100 lies in the last."""
    return min(score * buckets // 100, buckets - 1)
