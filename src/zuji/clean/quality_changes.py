"""Since when a dimension of a source is better or worse than before, and which cause came or went with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from zuji.clean.change_points import change_points, usual_penalty
from zuji.clean.quality import score
from zuji.store.quality import CauseFound, Of

LEAST_CHECKED = 30
"""A day on which less was looked at tells no level: one mistake would be more than three points."""
LEAST_POINTS = 1.0
"""A smaller change is not worth telling anybody."""
LEAST_DEVIATION = 0.25
"""In points. Figures of many events hardly move, and every breath would be a change."""
MOST_CHANGES = 50

CausesOf = Callable[[str, int, int], Sequence[CauseFound]]
"""(source, first day, last day) -> the causes of these days."""
Rates = Mapping[tuple[str, str, str], tuple[float, CauseFound]]
"""By cause, event and property: how often it was found of what was looked at, and the cause."""


class Stretch(NamedTuple):
    """Days between changes: the first and last of them, and what was looked at and wrong."""

    first_day: int
    last_day: int
    checked: int
    wrong: int


class Change(NamedTuple):
    """From this day on a dimension of a source has another score. `cause` is what became more frequent where the score
    fell, less frequent where it rose; None when no cause was told apart.
    """

    source: str
    dimension: str
    since: int
    before: float
    after: float
    cause: CauseFound | None


def changes(figures: Iterable[tuple[Of, int, int]], causes_of: CausesOf) -> list[Change]:
    """The changes there are in figures by day, newest first."""
    series: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    for of, checked, wrong in figures:
        if checked >= LEAST_CHECKED:
            series.setdefault((of.source, of.dimension), []).append((of.day, checked, wrong))
    found: list[tuple[str, str, Stretch, Stretch]] = []
    for (source, dimension), days in series.items():
        stretches = stretches_of(sorted(days))
        found += [(source, dimension, *pair) for pair in pairwise(stretches)]
    found = [one for one in found if abs(_score(one[3]) - _score(one[2])) >= LEAST_POINTS]
    found.sort(key=lambda one: (-one[3].first_day, one[0], one[1]))
    return [_change(*one, causes_of) for one in found[:MOST_CHANGES]]


def stretches_of(days: Sequence[tuple[int, int, int]]) -> list[Stretch]:
    """Days (day, checked, wrong) in order, divided where their score changes."""
    scores = [100 * (1 - wrong / checked) for _, checked, wrong in days]
    places = change_points(scores, penalty=usual_penalty(scores, least=LEAST_DEVIATION))
    bounds = [0, *places, len(days)]
    parts = [days[start:end] for start, end in pairwise(bounds) if end > start]
    return [
        Stretch(part[0][0], part[-1][0], sum(one[1] for one in part), sum(one[2] for one in part)) for part in parts
    ]


def _change(source: str, dimension: str, before: Stretch, after: Stretch, causes_of: CausesOf) -> Change:
    of_each = [rates(causes_of(source, one.first_day, one.last_day), dimension, one.checked) for one in (before, after)]
    was, became = _score(before), _score(after)
    cause = most_risen(*(of_each if became < was else of_each[::-1]))
    return Change(source, dimension, after.first_day, was, became, cause)


def most_risen(rarer: Rates, oftener: Rates) -> CauseFound | None:
    """The cause that became more frequent by most; None when none did."""
    risen = {what: rate - rarer.get(what, (0.0, one))[0] for what, (rate, one) in oftener.items()}
    most = max(risen, key=lambda what: (risen[what], what), default=None)
    return None if most is None or risen[most] <= 0 else oftener[most][1]


def rates(causes: Iterable[CauseFound], dimension: str, checked: int) -> Rates:
    """How often each cause was found, of what was looked at."""
    return {
        (one.cause, one.event, one.property): (one.found / checked, one) for one in causes if one.dimension == dimension
    }


def _score(stretch: Stretch) -> float:
    return score(checked=stretch.checked, wrong=stretch.wrong) or 0.0
