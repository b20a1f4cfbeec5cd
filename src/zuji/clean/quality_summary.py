"""The figures of quality as people read them: an index and scores, of all, by source and by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from zuji.clean.quality import DIMENSIONS, WEIGHTS, Dimension, index, score
from zuji.clean.quality_policy import USUAL_QUALITY, QualityPolicy
from zuji.store.quality import Of

Figure = tuple[str, int, int]
"""Dimension, checked, wrong."""


class Score(NamedTuple):
    """What was looked at under a dimension, what of it was wrong, and that as a score; None: nothing looked at."""

    checked: int
    wrong: int
    score: float | None


class Corrected(NamedTuple):
    """By how many verdicts accuracy and the index were corrected, what both were before (`automatic`), and between what
    they most likely (95 %) lie.
    """

    verdicts: int
    automatic: float
    low: float
    high: float
    index_automatic: float | None
    index_low: float | None
    index_high: float | None


@dataclass(frozen=True, slots=True)
class Quality:
    """The index from 0 to 100, and what it is made of. None: nothing came in.

    `corrected`: what people's verdicts have to do with it; `checked` and `wrong` stay as rules counted them.
    """

    index: float | None
    dimensions: Mapping[Dimension, Score]
    corrected: Corrected | None = None


class Summary(NamedTuple):
    """The same of everything, by source, and by source and day (newest first)."""

    overall: Quality
    by_source: Mapping[str, Quality]
    by_day: Mapping[tuple[str, int], Quality]


def summary(figures: Iterable[tuple[Of, int, int]], policy: QualityPolicy = USUAL_QUALITY) -> Summary:
    """Sums before scores: a day with a million events weighs more than one with three.

    Each source by its own weights, everything together by those of the workspace.
    """
    everything: list[Figure] = []
    by_source: dict[str, list[Figure]] = {}
    by_day: dict[tuple[str, int], list[Figure]] = {}
    for of, checked, wrong in figures:
        figure = of.dimension, checked, wrong
        everything.append(figure)
        by_source.setdefault(of.source, []).append(figure)
        by_day.setdefault((of.source, of.day), []).append(figure)
    return Summary(
        quality(everything, policy.weights_of()),
        {name: quality(by_source[name], policy.weights_of(name)) for name in sorted(by_source)},
        {day: quality(found, policy.weights_of(day[0])) for day, found in by_day.items()},
    )


def by_event(
    figures: Iterable[tuple[str, str, str, int, int]], policy: QualityPolicy = USUAL_QUALITY
) -> Mapping[tuple[str, str], Quality]:
    """By (source, event), in the order of the figures; each by its own weights."""
    found: dict[tuple[str, str], list[Figure]] = {}
    for source, event, dimension, checked, wrong in figures:
        found.setdefault((source, event), []).append((dimension, checked, wrong))
    return {place: quality(each, policy.weights_of(*place)) for place, each in found.items()}


def quality(figures: Iterable[Figure], weights: Mapping[Dimension, float] = WEIGHTS) -> Quality:
    """The index of what was looked at and wrong.

    >>> quality([("validity", 90, 9), ("validity", 10, 1), ("uniqueness", 100, 3)]).index
    93.0
    """
    checked, wrong = Counter[str](), Counter[str]()
    for dimension, looked_at, bad in figures:
        checked[dimension] += looked_at
        wrong[dimension] += bad
    dimensions = {
        one: Score(checked[one], wrong[one], score(checked=checked[one], wrong=wrong[one])) for one in DIMENSIONS
    }
    return Quality(index({name: one.score for name, one in dimensions.items()}, weights), dimensions)
