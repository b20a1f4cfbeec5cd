"""What a funnel says about the attempts that count: its steps, its periods, or the times it took."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from zuji.analyse.funnel_attempts import Attempts
from zuji.analyse.funnel_instants import Bools
from zuji.analyse.funnel_log import Ints, Log
from zuji.analyse.funnel_question import Funnel
from zuji.analyse.kind import Cell
from zuji.analyse.settled import Settled
from zuji.terms.error import BadQuestion
from zuji.terms.period import Periods, labels

Figures = dict[str, Any]


class Viewer:
    """Makes figures of attempts, and finds the attempts behind a figure."""

    def __init__(self, settled: Settled[Funnel], log: Log) -> None:
        self._settled = settled
        self._question = settled.question
        self._time = np.int64((1 << log.time_bits) - 1)
        self._log = log

    def figures(self, attempts: Attempts) -> Figures:
        """The figures of the view that is asked for."""
        match self._question.view.type:
            case "steps":
                return {"steps": self._steps(attempts)}
            case "over_time":
                return {"over_time": self._over_time(attempts)}
            case "time_to_convert":
                return self._time_to_convert(attempts)

    def behind(self, attempts: Attempts, cell: Cell) -> Bools:
        """Which attempts are behind a figure."""
        match self._question.view.type:
            case "steps":
                return self._at_step(attempts, cell)
            case "over_time":
                return self._in_period(attempts, cell)
            case "time_to_convert":
                return self._in_bin(attempts, cell)

    def times(self, attempts: Attempts, step: int) -> Ints:
        """When each attempt did a step (counted from 1), in milliseconds since 1970; of no meaning beyond its depth."""
        return self._settled.span.from_ms + (self._log.clock[attempts.rows[:, step - 1]] & self._time)

    def _steps(self, attempts: Attempts) -> list[Figures]:
        exactly = np.bincount(attempts.depth, minlength=len(self._question.steps) + 1)
        reached = exactly[::-1].cumsum()[::-1].tolist()
        rows = []
        for number, step in enumerate(self._question.steps, start=1):
            there = attempts.only(attempts.depth >= number)
            took = self.times(there, number) - self.times(there, number - 1) if number > 1 else np.empty(0, np.int64)
            rows.append(
                {
                    "name": step.event if step.name is None else step.name,
                    "count": reached[number],
                    "conversion_rate": _rate(reached[number], reached[0]),
                    "step_rate": _rate(reached[number], reached[number - 1]),
                    **_seconds(took),
                }
            )
        return rows

    def _periods(self) -> Periods:
        return self._settled.periods(self._question.view.interval or "day")

    def _over_time(self, attempts: Attempts) -> list[Figures]:
        periods = self._periods()
        from_step, to_step = self._question.view_ends
        place = self._place(periods, attempts)
        entered = np.bincount(place[attempts.depth >= from_step], minlength=len(periods)).tolist()
        converted = np.bincount(place[attempts.depth >= to_step], minlength=len(periods)).tolist()
        starts = labels(self._settled.calendar, periods.interval, periods.starts)
        return [
            {
                "period": start,
                "entered": came,
                "converted": went,
                "conversion_percent": 100 * went / came if came else 0.0,
                "partial": cut,
            }
            for start, came, went, cut in zip(starts, entered, converted, self._settled.partial(periods), strict=True)
        ]

    def _place(self, periods: Periods, attempts: Attempts) -> npt.NDArray[np.intp]:
        """The period of each attempt's first step."""
        return np.searchsorted(np.array(periods.bounds), self.times(attempts, 1), side="right") - 1

    def _took(self, attempts: Attempts) -> Ints:
        """Milliseconds between the two steps of the view, of attempts that reach the later one."""
        from_step, to_step = self._question.view_ends
        return self.times(attempts, to_step) - self.times(attempts, from_step)

    def _time_to_convert(self, attempts: Attempts) -> Figures:
        took = self._took(attempts.only(attempts.depth >= self._question.view_ends[1]))
        bounds = bin_bounds(took // 1000, self._question.view.bins)
        counts = np.bincount(np.searchsorted(bounds, took // 1000, side="right") - 1, minlength=max(0, len(bounds) - 1))
        pairs = zip(bounds[:-1], bounds[1:], counts.tolist(), strict=True) if len(bounds) else ()
        bins = [{"from_seconds": low, "to_seconds": high, "count": count} for low, high, count in pairs]
        return {**_seconds(took), "bins": bins}

    def _at_step(self, attempts: Attempts, cell: Cell) -> Bools:
        step, steps = cell.get("step"), len(self._question.steps)
        dropped = cell.get("dropped", False)
        if not isinstance(step, int) or not 1 <= step <= steps or not isinstance(dropped, bool):
            raise BadQuestion(
                f"cell: a funnel's steps have cells {{step: 1 to {steps}; dropped}}, got {dict(cell)!r:.200}."
            )
        there: Bools = attempts.depth == step - 1 if dropped else attempts.depth >= step
        return there

    def _in_period(self, attempts: Attempts, cell: Cell) -> Bools:
        periods = self._periods()
        place, figure = cell.get("period"), cell.get("figure")
        if not isinstance(place, int) or not 0 <= place < len(periods) or figure not in ("entered", "converted"):
            raise BadQuestion(
                f"cell: a funnel over time has cells {{period: 0 to {len(periods) - 1}; figure: entered, converted}}, "
                f"got {dict(cell)!r:.200}."
            )
        depth = self._question.view_ends[figure == "converted"]
        there: Bools = (attempts.depth >= depth) & (self._place(periods, attempts) == place)
        return there

    def _in_bin(self, attempts: Attempts, cell: Cell) -> Bools:
        converted = attempts.depth >= self._question.view_ends[1]
        seconds = self._took(attempts) // 1000
        bounds = bin_bounds(seconds[converted], self._question.view.bins)
        place = cell.get("bin")
        if not isinstance(place, int) or not 0 <= place < len(bounds) - 1:
            raise BadQuestion(f"cell: there are {max(0, len(bounds) - 1)} bins, from 0, got {dict(cell)!r:.200}.")
        inside: Bools = converted & (bounds[place] <= seconds) & (seconds < bounds[place + 1])
        return inside


def bin_bounds(seconds: Ints, bins: int | None) -> list[int]:
    """Equal steps of whole seconds from the shortest time on, one more where the longest does not fit.

    >>> bin_bounds(np.array([10, 11, 15]), 2)
    [10, 13, 16]
    >>> bin_bounds(np.array([10, 14]), 2)
    [10, 12, 14, 16]
    """
    if not len(seconds):
        return []
    shortest, longest = int(seconds.min()), int(seconds.max())
    count = bins or _cube_root_up(len(seconds))
    width = max(1, -((shortest - longest) // count))
    if longest >= shortest + count * width:
        count += 1
    return [shortest + place * width for place in range(count + 1)]


def _cube_root_up(number: int) -> int:
    """The least whole number whose cube is not below this one."""
    root = 1
    while root**3 < number:
        root += 1
    return root


def _rate(part: int, whole: int) -> float:
    """The part of the whole; 0 of 0 is 0."""
    return part / whole if whole else 0.0


def _seconds(took: Ints) -> Figures:
    """Mean and median of times in ms, as seconds; null of none."""
    if not len(took):
        return {"average_seconds": None, "median_seconds": None}
    return {
        "average_seconds": int(took.sum()) / (1000 * len(took)),
        "median_seconds": float(np.median(took)) / 1000,
    }
