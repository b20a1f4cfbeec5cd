"""The document of a trend: series, their maths, and what of it goes together."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from msgspec import Meta

from zuji.analyse.question import Breakdown, Question
from zuji.terms.document import Document, EventMatch, Name
from zuji.terms.period import Interval

Math = Literal[
    "total",
    "unique_users",
    "weekly_active",
    "monthly_active",
    "unique_values",
    "per_user_average",
    "max_per_user",
    "sum",
    "avg",
    "min",
    "max",
    "median",
    "p75",
    "p90",
    "p95",
    "p99",
]
MATHS: tuple[Math, ...] = get_args(Math)
OF_NUMBERS: frozenset[Math] = frozenset({"sum", "avg", "min", "max", "median", "p75", "p90", "p95", "p99"})
OF_PROPERTY: frozenset[Math] = OF_NUMBERS | {"unique_values"}
WHOLE: frozenset[Math] = frozenset(
    {"total", "unique_users", "weekly_active", "monthly_active", "unique_values", "max_per_user"}
)
"""Counts: their means are rounded down."""
ZERO_OF_NOTHING: frozenset[Math] = WHOLE | {"sum"}
CUMULATIVE: frozenset[Math] = frozenset({"total", "sum", "unique_users", "unique_values"})
PERCENTILES: dict[Math, float] = {"median": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
ACTIVE_DAYS: dict[Math, int] = {"weekly_active": 7, "monthly_active": 30}


class Series(EventMatch, frozen=True, kw_only=True):
    """One line of a trend."""

    math: Math = "total"
    property: Name | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        if self.math in OF_PROPERTY and self.property is None:
            raise ValueError(f"math {self.math} needs a property")

    def measured(self) -> str | None:
        """The property that the math looks at; a count of events or people looks at none, whatever `property` says."""
        return self.property if self.math in OF_PROPERTY else None


class Days(Document, frozen=True, kw_only=True):
    """A comparison with the range so many days before."""

    days: Annotated[int, Meta(ge=1, le=3_660)]


class Trend(Question, frozen=True, kw_only=True):
    """How much of something happened, period by period."""

    series: Annotated[tuple[Series, ...], Meta(min_length=1, max_length=26)]
    interval: Interval = "day"
    formulas: Annotated[tuple[Annotated[str, Meta(max_length=1_000)], ...], Meta(max_length=20)] = ()
    cumulative: bool = False
    smoothing: Annotated[int, Meta(ge=1, le=100)] = 1
    compare_to: Literal["previous_period"] | Days | None = None
    align_start: bool | None = None
    breakdown: Breakdown | None = None

    def __post_init__(self) -> None:
        for series in self.series:
            if self.cumulative and series.math not in CUMULATIVE:
                raise ValueError(f"cumulative: {series.math} does not add up; {', '.join(sorted(CUMULATIVE))} do")
            if series.math in ACTIVE_DAYS and self.interval == "minute":
                raise ValueError(f"{series.math} is for hours and longer periods, not for minutes")
            if series.math == "monthly_active" and self.interval == "week":
                raise ValueError("monthly_active by week mixes two lengths; ask by day, month or longer")
