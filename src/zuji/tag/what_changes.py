"""What would change a condition: so much more, or a moment at which time alone does it. Pure arithmetic over times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from zuji.tag.rule import Between, Ever, Last, Measured, Window
from zuji.tag.windows import bucket_of, bucket_start, next_move
from zuji.terms.period import DAY_MS, HOUR_MS, MINUTE_MS, Calendar

UNIT_MS = {"minute": MINUTE_MS, "hour": HOUR_MS, "day": DAY_MS, "week": 7 * DAY_MS}


@dataclass(frozen=True, slots=True)
class Change:
    """`more`: the figure must grow by `amount` to pass, or (where it passes now) no longer to pass. `at`: the first
    moment at which the condition turns round if nothing else happens. `first_out`: when the oldest event counted leaves
    the window, which may change the figure.
    """

    kind: Literal["more", "at", "first_out"]
    amount: float | None = None
    at_ms: int | None = None


def changes_of(leaf: Measured, figure: Any, times: Sequence[int], now_ms: int, calendar: Calendar) -> list[Change]:
    """What would turn the condition round. `times` are of the events counted, ascending.

    >>> from zoneinfo import ZoneInfo
    >>> from zuji.tag.read_rule import read_rule
    >>> bought = read_rule({"when": {"measure": "count", "event": "buy", "op": "gte", "value": 3}}).when
    >>> changes_of(bought, 2, [5, 9], 10, Calendar(ZoneInfo("UTC")))
    [Change(kind='more', amount=1, at_ms=None)]
    """
    measure = leaf.measure
    if measure.what in ("since_first", "since_last"):
        return _of_recency(leaf, times, now_ms, calendar)
    found = _growth(leaf, figure)
    if measure.what == "count":
        found += _shrinking(leaf, times, calendar, now_ms)
    elif times and (out := leaves_at(measure.window, times[0], now_ms, calendar)) is not None:
        found.append(Change("first_out", at_ms=out))
    return found


def leaves_at(window: Window, at_ms: int, now_ms: int, calendar: Calendar) -> int | None:
    """The moment at which an event that the window holds now leaves it; None: never."""
    match window:
        case Last(_, _, width, buckets):
            return bucket_start(width, bucket_of(width, at_ms, calendar) + buckets, calendar)
        case Ever() | Between():
            return None
        case _:
            return next_move(window, now_ms, calendar)


def _growth(leaf: Measured, figure: Any) -> list[Change]:
    """How much must come on top: of what grows by whole events, or by what is added up."""
    if leaf.measure.what not in ("count", "days", "distinct", "sum") or not isinstance(figure, int | float):
        return []
    bound = _least(leaf.comparison.op, leaf.comparison.value, is_whole=leaf.measure.what != "sum")
    if bound is None or bound <= figure:
        return []
    return [Change("more", amount=bound - figure)]


def _least(op: str, value: Any, *, is_whole: bool) -> float | None:
    """The least figure that makes the comparison turn round from below; None where growing makes no difference.

    Of sums, one just above a bound stands for it: gt and lte ask for more than the bound itself.
    """
    if op not in ("gte", "lt", "gt", "lte", "between"):
        return None
    number = float(value[0] if op == "between" else value)
    if not is_whole:
        return number
    return math.floor(number) + 1 if op in ("gt", "lte") else math.ceil(number)


def _shrinking(leaf: Measured, times: Sequence[int], calendar: Calendar, now_ms: int) -> list[Change]:
    """When so many events have left the window that the count turns round."""
    bound = _least(leaf.comparison.op, leaf.comparison.value, is_whole=True)
    is_above = leaf.comparison.op == "between" and len(times) > float(leaf.comparison.value[1])
    if bound is None or len(times) < bound or bound < 1 or is_above:
        return []
    out = leaves_at(leaf.measure.window, times[len(times) - int(bound)], now_ms, calendar)
    return [] if out is None else [Change("at", at_ms=out)]


def _of_recency(leaf: Measured, times: Sequence[int], now_ms: int, calendar: Calendar) -> list[Change]:
    """The figure grows with time: the moment at which it reaches the next bound, if its event is still there then."""
    op, value = leaf.comparison.op, leaf.comparison.value
    if not times or op not in ("gte", "lt", "gt", "lte", "between"):
        return []
    since = times[0] if leaf.measure.what == "since_first" else times[-1]
    bounds = [math.ceil(float(value[0])), math.floor(float(value[1])) + 1] if op == "between" else [_whole(op, value)]
    ahead = [at for bound in bounds if (at := since + bound * UNIT_MS[leaf.measure.unit]) > now_ms]
    passes = len(ahead) == 1 if op == "between" else bool(ahead) == (op in ("lt", "lte"))
    out = leaves_at(leaf.measure.window, since, now_ms, calendar)
    if out is None or (ahead and ahead[0] < out):
        return [Change("at", at_ms=at) for at in ahead[:1]]
    if leaf.measure.what == "since_last" and passes:
        return [Change("at", at_ms=out)]  # the last event leaves the window: there is nothing to compare any more
    return [Change("first_out", at_ms=out)]


def _whole(op: str, value: Any) -> int:
    return math.floor(float(value)) + 1 if op in ("gt", "lte") else math.ceil(float(value))
