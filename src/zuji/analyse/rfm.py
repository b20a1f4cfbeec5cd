"""RFM: how recently, how often and for how much, as scores and named groups of people. docs/questions.md, `rfm`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
import numpy as np
import polars as pl
import pyarrow as pa
from msgspec import Meta

from zuji.analyse.exact_sums import read_sums, sum_amounts, sum_numbers
from zuji.analyse.kind import Answer, Cell, Kind, People
from zuji.analyse.money import refuse_mixed_currencies
from zuji.analyse.question import Question
from zuji.analyse.reading import Reading
from zuji.analyse.rfm_scores import NAMES, Bounds, Figures, Naming, Scores, Whole, groups_of, scores_of
from zuji.analyse.seen import AT, has_key, key_sql, matching, property_number, seen
from zuji.analyse.settled import Settled, Surroundings, settle
from zuji.store.statement import Statement
from zuji.terms.dates import Span, read_date
from zuji.terms.document import Document, EventMatch, Name, Text
from zuji.terms.error import BadQuestion
from zuji.terms.period import DAY_MS, Calendar, milliseconds

BoundsAsked = tuple[float, ...] | None
SCORES = ("recency", "frequency", "value")


class Thresholds(Document, frozen=True, kw_only=True):
    """Own bounds of the scores: one less than there are bins, ascending."""

    recency: BoundsAsked = None
    frequency: BoundsAsked = None
    value: BoundsAsked = None


class Rfm(Question, frozen=True, kw_only=True):
    """An event, the number that it is worth, and how people are scored and named by it."""

    event: Text | None = None
    value: Name = "$amount"
    bins: Annotated[int, Meta(ge=2, le=10)] = 5
    thresholds: Thresholds = Thresholds()
    groups: Naming = "ten"
    compare_to: Text | None = None

    def __post_init__(self) -> None:
        for name in SCORES:
            bounds: BoundsAsked = getattr(self.thresholds, name)
            if bounds is not None and (len(bounds) != self.bins - 1 or list(bounds) != sorted(bounds)):
                raise ValueError(
                    f"thresholds.{name}: {self.bins} bins have {self.bins - 1} bounds, ascending, got {list(bounds)}"
                )


@dataclass(frozen=True, slots=True)
class Scored:
    """The people of one range: their keys, and in the same order their figures, scores and groups (by place)."""

    who: pa.ChunkedArray
    figures: Figures
    scores: Scores
    groups: Whole


def settle_rfm(question: Rfm, around: Surroundings) -> Settled[Rfm]:
    """A year, unless the question says otherwise; the day compared with made absolute."""
    settled = settle(question, around, first_day="-364d")
    if question.compare_to is None:
        return settled
    calendar = settled.calendar
    named = read_date(question.compare_to, name="compare_to", now_ms=settled.now_ms, calendar=calendar)
    day = named.day or calendar.local(named.at).date()
    return replace(settled, question=msgspec.structs.replace(settled.question, compare_to=day.isoformat()))


def scored(settled: Settled[Rfm], reading: Reading) -> Scored:
    """Everybody with an event in the range, in order, with the scores among all of them."""
    question = settled.question
    table = _figures_table(settled, reading)
    recency = (settled.span.to_ms - 1 - table["last_at"].to_numpy()) // DAY_MS
    frequency = table["frequency"].to_numpy().astype(np.int64)
    figures = Figures(recency, frequency, read_sums(table))
    own = question.thresholds
    scores = scores_of(figures, question.bins, Bounds(own.recency, own.frequency, own.value))
    return Scored(table["who"], figures, scores, groups_of(scores, question.bins, question.groups))


def _figures_table(settled: Settled[Rfm], reading: Reading) -> pa.Table:
    question = settled.question
    statement = Statement(settled)
    who = key_sql(statement, settled)
    match = matching(statement, settled, EventMatch(event=question.event))
    somebodys = f"({match}) AND {has_key(settled, f'({who})')}"
    refuse_mixed_currencies(settled, reading, question.value, somebodys, statement, settled.span)
    statement = Statement(settled)
    is_amount = question.value == "$amount"
    number = "amount" if is_amount else property_number(statement, settled, question.value)
    columns = {"who": key_sql(statement, settled), "at": AT, "number": number}
    match = matching(statement, settled, EventMatch(event=question.event))
    statement.step("matched", seen(statement, settled, columns, conditions=[match]))
    sum_up = sum_amounts if is_amount else sum_numbers
    figures = "max(at) AS last_at, count() AS frequency"
    summed = sum_up(statement, "matched", figures=figures, somebody=has_key(settled))
    return reading.table(
        statement.query(f"SELECT who, last_at, frequency, millionths, exact FROM {summed} ORDER BY who")
    )


def moved_to(settled: Settled[Rfm], day: str) -> Settled[Rfm]:
    """The same question about the range moved by the local days between this day and that of its end."""
    calendar = settled.calendar
    last_day = calendar.local(settled.span.to_ms - 1).date()
    by = datetime.fromisoformat(day).date() - last_day
    span = Span(_moved(settled.span.from_ms, by, calendar), _moved(settled.span.to_ms, by, calendar))
    return replace(settled, span=span)


def _moved(at: int, by: timedelta, calendar: Calendar) -> int:
    """The same time of the local day, so many days away."""
    return milliseconds((calendar.local(at).replace(tzinfo=None, fold=0) + by).replace(tzinfo=calendar.zone))


def answer(settled: Settled[Rfm], reading: Reading) -> Answer:
    """The groups, the combinations of scores, and who moved between groups since another day."""
    now = scored(settled, reading)
    day = settled.question.compare_to
    names = NAMES[settled.question.groups]
    return {
        "people": len(now.figures),
        "groups": [_group(name, now, now.groups == place) for place, name in enumerate(names)],
        "cells": _cells(now.scores),
        "movement": None if day is None else _movement(scored(moved_to(settled, day), reading), now, names),
    }


def _group(name: str, of: Scored, chosen: np.typing.NDArray[np.bool_]) -> dict[str, Any]:
    figures, count = of.figures, int(chosen.sum())
    total = figures.value.where(chosen).total()
    return {
        "name": name,
        "people": count,
        "share": count / len(figures) if len(figures) else 0.0,
        "average_recency_days": int(figures.recency[chosen].sum()) / count if count else None,
        "average_frequency": int(figures.frequency[chosen].sum()) / count if count else None,
        "average_value": total / count if count else None,
        "sum_value": total,
    }


def _cells(scores: Scores) -> list[dict[str, int]]:
    """How many people have each combination of scores, by recency, frequency, value. A score has two digits at most."""
    recency, frequency, value = scores.columns
    found, counts = np.unique(recency * 10_000 + frequency * 100 + value, return_counts=True)
    return [
        {"recency": code // 10_000, "frequency": code // 100 % 100, "value": code % 100, "people": count}
        for code, count in zip(found.tolist(), counts.tolist(), strict=True)
    ]


def _both(before: Scored, now: Scored) -> pl.DataFrame:
    """(who, before, now): the place of everybody's group in either range, null where somebody is not in it."""
    one, other = (
        pl.DataFrame({"who": pl.from_arrow(of.who), name: of.groups}) for name, of in (("before", before), ("now", now))
    )
    return one.join(other, on="who", how="full", coalesce=True)


def _movement(before: Scored, now: Scored, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """How many people went from which group to which."""
    counts = _both(before, now).group_by("before", "now").len().sort("before", "now", nulls_last=True)
    return [
        {"from": None if one is None else names[one], "to": None if other is None else names[other], "people": people}
        for one, other, people in counts.iter_rows()
    ]


def people(settled: Settled[Rfm], cell: Cell, reading: Reading) -> People:
    """Everybody of a group, of a combination of scores, or of a movement, with their figures and scores."""
    now = scored(settled, reading)
    if {"from", "to"} == set(cell) and settled.question.compare_to is not None:
        return _moved_people(settled, cell, now, reading)
    if "group" in cell:
        chosen = now.groups == _place(settled, cell["group"])
    elif all(isinstance(cell.get(name), int) for name in SCORES):
        wanted = [cell[name] for name in SCORES]
        chosen = np.logical_and.reduce([of == one for of, one in zip(now.scores.columns, wanted, strict=True)])
    else:
        raise _no_cell(settled, cell)
    return _people(now, chosen)


def _moved_people(settled: Settled[Rfm], cell: Cell, now: Scored, reading: Reading) -> People:
    before = scored(moved_to(settled, str(settled.question.compare_to)), reading)
    one, other = (None if cell[end] is None else _place(settled, cell[end]) for end in ("from", "to"))
    both = _both(before, now)
    keys = both.filter(pl.col("before").eq_missing(one) & pl.col("now").eq_missing(other))["who"].sort()
    return People(tuple(keys.to_list()))


def _people(of: Scored, chosen: np.typing.NDArray[np.bool_]) -> People:
    keys = of.who.filter(pa.array(chosen)).to_pylist()
    figures = zip(
        of.figures.recency[chosen].tolist(),
        of.figures.frequency[chosen].tolist(),
        of.figures.value.where(chosen).values(),
        *(scores[chosen].tolist() for scores in of.scores.columns),
        strict=True,
    )
    names = ("recency_days", "frequency", "value", "recency_score", "frequency_score", "value_score")
    return People(
        tuple(keys), {key: dict(zip(names, row, strict=True)) for key, row in zip(keys, figures, strict=True)}
    )


def _place(settled: Settled[Rfm], name: object) -> int:
    names = NAMES[settled.question.groups]
    if name not in names:
        raise BadQuestion(f"cell: there is no group {name!r:.80}. There are: {', '.join(names)}.")
    return names.index(str(name))


def _no_cell(settled: Settled[Rfm], cell: Cell) -> BadQuestion:
    moves = " or, with compare_to, {from, to}" if settled.question.compare_to is None else " or {from, to}"
    return BadQuestion(f"cell: rfm has cells {{group}}, {{recency, frequency, value}}{moves}, got {dict(cell)!r:.200}.")


def reach(settled: Settled[Rfm]) -> Span:
    """The range, and the one compared with, which may lie after it."""
    day = settled.question.compare_to
    other = settled.span if day is None else moved_to(settled, day).span
    return Span(min(settled.span.from_ms, other.from_ms), max(settled.span.to_ms, other.to_ms))


RFM = Kind("rfm", Rfm, answer, people, settle_rfm, reach=reach)
