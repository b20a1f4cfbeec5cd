"""What a question says about everybody, person by person: the values of tags that are statistics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zuji.analyse.engagement import points_of
from zuji.analyse.reading import Reading
from zuji.analyse.rfm import scored
from zuji.analyse.rfm_scores import NAMES
from zuji.analyse.settled import Settled
from zuji.terms.error import BadQuestion

Values = dict[int, Any]
"""By person."""


def values_of_everybody(kind: str, gives: str, settled: Settled[Any], reading: Reading) -> Values:
    """This figure of everybody of whom the question says something."""
    if settled.question.count_by != "user":
        raise BadQuestion("a statistic is about people: leave out count_by.")
    if kind not in _WORKED_OUT:
        raise BadQuestion(f"kind: a statistic is one of {', '.join(sorted(_WORKED_OUT))}, got {kind!r:.80}.")
    people, figures = _WORKED_OUT[kind](settled, reading)
    if gives not in figures:
        raise BadQuestion(f"gives: {kind} gives one of {', '.join(figures)}, got {gives!r:.80}.")
    return dict(zip(people, figures[gives](), strict=True))


Figures = tuple[list[int], dict[str, Callable[[], list[Any]]]]
"""The people, and by the name of a figure what makes its column: nothing is made that nobody wants."""


def _rfm(settled: Settled[Any], reading: Reading) -> Figures:
    found = scored(settled, reading)
    names = NAMES[settled.question.groups]
    return found.who.to_pylist(), {
        "group": lambda: [names[place] for place in found.groups.tolist()],
        "recency_days": found.figures.recency.tolist,
        "frequency": found.figures.frequency.tolist,
        "value": found.figures.value.values,
        "recency_score": found.scores.recency.tolist,
        "frequency_score": found.scores.frequency.tolist,
        "value_score": found.scores.value.tolist,
    }


def _engagement(settled: Settled[Any], reading: Reading) -> Figures:
    found = points_of(settled, reading)
    return found.who.to_pylist(), {
        "score": found.scores().tolist,
        "points": lambda: (found.totals / 1e6).tolist(),
    }


_WORKED_OUT: dict[str, Callable[[Settled[Any], Reading], Figures]] = {"rfm": _rfm, "engagement": _engagement}
