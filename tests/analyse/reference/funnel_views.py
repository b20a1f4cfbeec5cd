"""What a funnel says about the attempts that count: its steps, its periods, or the times it took."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from statistics import median
from typing import Any

from analyse.reference.admitted import Asked
from analyse.reference.funnel_attempts import Attempts
from analyse.reference.periods import Period, is_partial, periods_between


def view_of(asked: Asked, attempts: Attempts) -> dict[str, Any]:
    """The figures of the view that is asked for."""
    view = view_asked(asked)
    if view["type"] == "over_time":
        return {"over_time": over_time(asked, attempts)}
    if view["type"] == "time_to_convert":
        return time_to_convert(asked, attempts)
    return {"steps": steps(asked, attempts)}


def view_asked(asked: Asked) -> Mapping[str, Any]:
    """The view with its defaults."""
    ends = {"from_step": 1, "to_step": len(asked.question["steps"]), "interval": "day"}
    return {**ends, **(asked.question.get("view") or {"type": "steps"})}


def steps(asked: Asked, attempts: Attempts) -> list[dict[str, Any]]:
    """How many reached each step, and how long they took from the one before."""
    rows = []
    counts = [len(attempts)]
    for number, step in enumerate(asked.question["steps"], start=1):
        reached = [attempt for attempt in attempts.values() if len(attempt) >= number]
        times = [attempt[number - 1].at - attempt[number - 2].at for attempt in reached] if number > 1 else []
        counts.append(len(reached))
        rows.append(
            {
                "name": step.get("name", step.get("event")),
                "count": len(reached),
                "conversion_rate": rate(len(reached), len(attempts)),
                "step_rate": rate(counts[-1], counts[-2]),
                "average_seconds": average_seconds(times),
                "median_seconds": median_seconds(times),
            }
        )
    return rows


def rate(part: int, whole: int) -> float:
    """The part of the whole; 0 of 0 is 0."""
    return part / whole if whole else 0.0


def average_seconds(times: list[int]) -> float | None:
    """The mean of times in ms."""
    return sum(times) / (1000 * len(times)) if times else None


def median_seconds(times: list[int]) -> float | None:
    """The median of times in ms."""
    return median(times) / 1000 if times else None


def periods_of(asked: Asked) -> list[Period]:
    """The periods of a view over time."""
    return periods_between(asked.start, asked.end, view_asked(asked)["interval"], asked.calendar)


def over_time(asked: Asked, attempts: Attempts) -> list[dict[str, Any]]:
    """People by the period of their first step."""
    view = view_asked(asked)
    rows = []
    for period in periods_of(asked):
        here = [attempt for attempt in attempts.values() if period.holds(attempt[0].at)]
        entered = sum(len(attempt) >= view["from_step"] for attempt in here)
        converted = sum(len(attempt) >= view["to_step"] for attempt in here)
        rows.append(
            {
                "period": period.written,
                "entered": entered,
                "converted": converted,
                "conversion_percent": 100 * converted / entered if entered else 0.0,
                "partial": is_partial(period, start=asked.start, end=asked.end, now=asked.now),
            }
        )
    return rows


def times_to_convert(asked: Asked, attempts: Attempts) -> dict[Any, int]:
    """Milliseconds from step to step, of those who reached the later one."""
    view = view_asked(asked)
    earlier, later = view["from_step"] - 1, view["to_step"] - 1
    return {key: attempt[later].at - attempt[earlier].at for key, attempt in attempts.items() if len(attempt) > later}


def time_to_convert(asked: Asked, attempts: Attempts) -> dict[str, Any]:
    """How long people took, and how many took how long."""
    times = list(times_to_convert(asked, attempts).values())
    return {
        "average_seconds": average_seconds(times),
        "median_seconds": median_seconds(times),
        "bins": [
            {"from_seconds": low, "to_seconds": high, "count": sum(low <= time / 1000 < high for time in times)}
            for low, high in bins(times, view_asked(asked).get("bins"))
        ],
    }


def bins(times: list[int], wanted: int | None) -> list[tuple[int, int]]:
    """The bounds in seconds: equal steps from the shortest time, one more where the longest does not fit."""
    seconds = [time // 1000 for time in times]
    if not seconds:
        return []
    shortest, longest = min(seconds), max(seconds)
    count = wanted or next(number for number in range(1, len(seconds) + 1) if number**3 >= len(seconds))
    width = max(1, -((shortest - longest) // count))
    if longest >= shortest + count * width:
        count += 1
    return list(pairwise(shortest + place * width for place in range(count + 1)))


def people_behind(cell: Mapping[str, Any], asked: Asked, attempts: Attempts) -> set[Any]:
    """The persons behind one figure of the view."""
    view = view_asked(asked)
    if "step" in cell:
        if cell.get("dropped"):
            return {key for key, attempt in attempts.items() if len(attempt) == cell["step"] - 1}
        return {key for key, attempt in attempts.items() if len(attempt) >= cell["step"]}
    if "period" in cell:
        period = periods_of(asked)[cell["period"]]
        depth = view["from_step"] if cell["figure"] == "entered" else view["to_step"]
        return {key for key, attempt in attempts.items() if period.holds(attempt[0].at) and len(attempt) >= depth}
    times = times_to_convert(asked, attempts)
    low, high = bins(list(times.values()), view.get("bins"))[cell["bin"]]
    return {key for key, time in times.items() if low <= time / 1000 < high}
