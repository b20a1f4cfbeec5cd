"""Alerts: a rule over one figure of a saved question. Everything here is decided from values; nothing is asked.

`decide` says how an alert stands after a look at its figure, `is_due` when to look, `replayed` when it would have
fired.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from zuji.store.saved import AlertState
from zuji.terms.document import Document
from zuji.terms.error import BadQuestion
from zuji.terms.period import HOUR_MS, MINUTE_MS, Calendar, milliseconds
from zuji.terms.refusal import refusal

Condition = Literal["above", "below", "change_up_percent", "change_down_percent"]
Status = Literal["new", "returning", "resurrecting", "dormant"]
FigureName = Literal["last_complete_period", "total", "conversion_rate", "count"]
LONGEST_COOLDOWN_MINUTES = 525_600
Part = TypeVar("Part", bound=Document)


class Figure(Document, frozen=True, kw_only=True):
    """Which figure: of a trend's `series` (formulas behind the series), a lifecycle's `status`, a funnel's `step`."""

    figure: FigureName
    series: Annotated[int, Meta(ge=0, le=100)] | None = None
    status: Status | None = None
    step: Annotated[int, Meta(ge=1, le=32)] | None = None


class Rule(Document, frozen=True, kw_only=True):
    """When an alert fires. Percentages are of the figure one period before; 20 means by more than a fifth."""

    figure: Figure
    condition: Condition
    threshold: float
    cooldown_minutes: Annotated[int, Meta(ge=0, le=LONGEST_COOLDOWN_MINUTES)] = 0

    @property
    def compares(self) -> bool:
        """Whether the figure of the period before is needed."""
        return self.condition.startswith("change_")

    def __post_init__(self) -> None:
        if not abs(self.threshold) < float("inf"):
            raise ValueError(f"threshold: {self.threshold} is no number to compare with")
        if self.compares and self.threshold < 0:
            raise ValueError(
                f"threshold: a change is 0 percent or more, got {self.threshold}; the condition says where to"
            )


class Schedule(Document, frozen=True, kw_only=True):
    """When to look: every so many minutes or hours, or every day at a time of the workspace's clock."""

    unit: Literal["minute", "hour", "day"]
    every: Annotated[int, Meta(ge=1, le=1_000)] = 1
    at: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = None

    def __post_init__(self) -> None:
        if (self.unit == "day") != (self.at is not None):
            raise ValueError('a daily schedule names its time: {"unit": "day", "at": "09:00"}; others have none')
        if self.unit == "day" and self.every != 1:
            raise ValueError(f"every: a day has one look, got every {self.every} days")


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure, and that of the period before. None: there is none."""

    value: float | None
    previous: float | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """How an alert stands. `fired_at`: when it last began to fire."""

    state: AlertState = "ok"
    fired_at: int | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A look in the past: what was measured then. `start`: the period looked at, where there is one."""

    at: int
    measured: Measured
    start: str | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """How an alert would have stood after a look. `fired`: it began to fire then."""

    moment: Moment
    state: AlertState
    fired: bool


def read_rule(document: Any) -> Rule:
    """The rule of a document. Raises BadQuestion."""
    return _read(document, Rule, "rule")


def read_schedule(document: Any) -> Schedule:
    """The schedule of a document. Raises BadQuestion."""
    return _read(document, Schedule, "schedule")


def decide(rule: Rule, measured: Measured, before: Stand, *, at: int) -> Stand:
    """How an alert stands after a look.

    What does not cross its threshold is ok, and so is what cannot be compared. What crosses it and fires already goes
    on firing. Within the cool-down, counted from when it last began to fire, a new crossing is held back: still ok.
    Else it begins to fire.

    >>> rule = read_rule({"figure": {"figure": "total", "series": 0}, "condition": "above", "threshold": 10})
    >>> decide(rule, Measured(11), Stand(), at=5)
    Stand(state='firing', fired_at=5)
    """
    if not crosses(rule, measured):
        return Stand("ok", before.fired_at)
    if before.state == "firing":
        return before
    held = before.fired_at is not None and at < before.fired_at + rule.cooldown_minutes * MINUTE_MS
    return Stand("ok", before.fired_at) if held else Stand("firing", at)


def crosses(rule: Rule, measured: Measured) -> bool:
    """Whether the figure is beyond the threshold; on it is not beyond. A rise from 0 is more than any percentage."""
    value, previous = measured.value, measured.previous
    if value is None:
        return False
    match rule.condition:
        case "above":
            return value > rule.threshold
        case "below":
            return value < rule.threshold
        case "change_up_percent":
            return previous is not None and 100 * (value - previous) > rule.threshold * abs(previous)
        case "change_down_percent":
            return previous is not None and 100 * (previous - value) > rule.threshold * abs(previous)


def is_due(schedule: Schedule, *, checked_at: int | None, made_at: int, now: int, calendar: Calendar) -> bool:
    """Whether it is time to look. A new alert is looked at once at its first turn: a daily one waits for its time."""
    if schedule.at is not None:
        return _last_turn(schedule.at, now, calendar) > (made_at if checked_at is None else checked_at)
    if checked_at is None:
        return True
    return now >= checked_at + schedule.every * (MINUTE_MS if schedule.unit == "minute" else HOUR_MS)


def replayed(rule: Rule, moments: Iterable[Moment]) -> list[Replayed]:
    """How the alert would have stood after each of these looks, the first one being ok before."""
    stand, found = Stand(), []
    for moment in moments:
        after = decide(rule, moment.measured, stand, at=moment.at)
        found.append(Replayed(moment, after.state, after.state == "firing" and stand.state == "ok"))
        stand = after
    return found


def period_end(calendar: Calendar, interval: Any, start: str) -> int:
    """When a period of an answer is over, from its start as it is written."""
    if len(start) == len("2026-03-01"):
        begins = calendar.day_start(date.fromisoformat(start))
    else:
        begins = milliseconds(datetime.fromisoformat(start))
    return calendar.starts(interval, begins, begins + 1)[-1]


def _last_turn(at: str, now: int, calendar: Calendar) -> int:
    """The latest moment, not after now, at which the local clock showed this time. (A skipped time moves on.)"""
    today = calendar.local(now).date()
    hour, minute = int(at[:2]), int(at[3:])
    turns = (
        milliseconds(datetime(day.year, day.month, day.day, hour, minute, tzinfo=calendar.zone))
        for day in (today, today - timedelta(days=1), today - timedelta(days=2))
    )
    return next(turn for turn in turns if turn <= now)


def _read(document: Any, kind: type[Part], name: str) -> Part:
    try:
        return msgspec.convert(document, kind)
    except (msgspec.ValidationError, ValueError) as error:
        raise BadQuestion(f"{name}: {refusal(kind, error)}") from error
