"""Engagement: points for what people do, halved as they grow old, and where everybody stands. docs/questions.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
from msgspec import Meta
from numpy.typing import NDArray

from zuji.analyse.exact_sums import MILLIONTHS, Sums
from zuji.analyse.kind import Answer, Cell, Kind, People, range_alone
from zuji.analyse.question import Question
from zuji.analyse.reading import Reading
from zuji.analyse.seen import AT, has_key, key_sql, matching, seen
from zuji.analyse.settled import Settled
from zuji.store.query import Query
from zuji.store.statement import Statement
from zuji.terms.document import Duration, EventMatch
from zuji.terms.error import BadQuestion

Whole = NDArray[np.int64]


class Weight(EventMatch, frozen=True, kw_only=True):
    """What an event is worth while it is new."""

    weight: Annotated[float, Meta(gt=0, le=100_000)]


class Engagement(Question, frozen=True, kw_only=True):
    """What counts, how fast it grows old, and into how many ranges the scores are put."""

    weights: Annotated[tuple[Weight, ...], Meta(min_length=1, max_length=50)]
    half_life: Duration = Duration(amount=7, unit="day")
    buckets: Annotated[int, Meta(ge=1, le=100)] = 10


@dataclass(frozen=True, slots=True)
class Points:
    """Everybody with a matching event, in order: `parts` are their points in millionths, an array for each weight."""

    who: pa.ChunkedArray
    parts: tuple[Whole, ...]
    totals: Whole

    def scores(self) -> Whole:
        """Floor of 100 x the share of the others who have strictly less; who is alone has 100."""
        if len(self.totals) <= 1:
            return np.full(len(self.totals), 100)
        less = np.searchsorted(np.sort(self.totals), self.totals, side="left")
        return 100 * less // (len(self.totals) - 1)


def points_query(settled: Settled[Engagement]) -> Query:
    """Everybody's points by weight, each addition rounded to a millionth, halves to the even one as the engine does."""
    statement = Statement(settled)
    question = settled.question
    matches = [matching(statement, settled, weight) for weight in question.weights]
    age = f"({statement.integer(settled.span.to_ms - 1)} - {AT})"
    decay = f"exp2(-{age} / {statement.integer(question.half_life.milliseconds)})"
    additions = {
        f"part{place}": f"if({match}, toInt64(round({statement.number(weight.weight)} * {decay} * 1e6)), 0)"
        for place, (match, weight) in enumerate(zip(matches, question.weights, strict=True))
    }
    columns = {"who": key_sql(statement, settled), **additions}
    statement.step("matched", seen(statement, settled, columns, conditions=[f"({' OR '.join(matches)})"]))
    sums = ",\n    ".join(f"sum({name}) AS {name}" for name in additions)
    return statement.query(
        f"SELECT who,\n    {sums}\nFROM matched\nWHERE {has_key(settled)}\nGROUP BY who\nORDER BY who"
    )


def points_of(settled: Settled[Engagement], reading: Reading) -> Points:
    """The points of everybody who has a matching event in the range."""
    table = reading.table(points_query(settled))
    parts = tuple(table[f"part{place}"].to_numpy() for place in range(len(settled.question.weights)))
    return Points(table["who"], parts, np.sum(parts, axis=0, dtype=np.int64))


def answer(settled: Settled[Engagement], reading: Reading) -> Answer:
    """How many people score how much, and what their points come from."""
    question = settled.question
    points = points_of(settled, reading)
    count, buckets = len(points.totals), question.buckets
    total = Sums(points.totals, MILLIONTHS).total()
    in_bucket = np.bincount(_buckets(points.scores(), buckets), minlength=buckets).tolist()
    return {
        "people": count,
        "average_points": total / count if count else None,
        "median_points": float(np.median(points.totals)) / 1e6 if count else None,
        "buckets": [
            {"from": 100 * place / buckets, "to": 100 * (place + 1) / buckets, "people": people}
            for place, people in enumerate(in_bucket)
        ],
        "parts": [
            {"name": weight.event, "share": Sums(part, MILLIONTHS).total() / total if total else 0.0}
            for weight, part in zip(question.weights, points.parts, strict=True)
        ],
    }


def people(settled: Settled[Engagement], cell: Cell, reading: Reading) -> People:
    """Everybody whose score is in a bucket, with their score and where their points come from."""
    question = settled.question
    wanted = cell.get("bucket")
    if not isinstance(wanted, int) or not 0 <= wanted < question.buckets:
        raise BadQuestion(
            f"cell: this engagement has cells {{bucket: 0 to {question.buckets - 1}}}, got {dict(cell)!r:.200}."
        )
    points = points_of(settled, reading)
    scores = points.scores()
    chosen = _buckets(scores, question.buckets) == wanted
    keys = points.who.filter(pa.array(chosen)).to_pylist()
    parts = zip(*((part[chosen] / 1e6).tolist() for part in points.parts), strict=True)
    return People(
        tuple(keys),
        {
            key: _reason(question, score, own)
            for key, score, own in zip(keys, scores[chosen].tolist(), parts, strict=True)
        },
    )


def _reason(question: Engagement, score: int, own: tuple[float, ...]) -> dict[str, Any]:
    parts = [
        {"name": weight.event, "points": points} for weight, points in zip(question.weights, own, strict=True) if points
    ]
    return {"score": score, "parts": parts}


def _buckets(scores: Whole, buckets: int) -> Whole:
    """The bucket of each score; 100 lies in the last."""
    return np.minimum(scores * buckets // 100, buckets - 1)


ENGAGEMENT = Kind("engagement", Engagement, answer, people, reach=range_alone)
