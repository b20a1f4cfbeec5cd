"""How figures of an atom are made from one event, and joined with others: in any order, with the same result."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from operator import add
from typing import Any
from zoneinfo import ZoneInfo

from zuji.tag.atoms import Atom, Gathers
from zuji.tag.event_facts import Event
from zuji.tag.property_facts import Read, number, numbers_of, texts_of
from zuji.tag.windows import day_of
from zuji.terms.period import MINUTE_MS, Calendar

Join = Callable[[Any, Any], Any]

_LOW_BITS = 62
_LOW = 2**_LOW_BITS - 1
_TOO_GREAT = 1e18


def reader_of(atom: Atom, calendar: Calendar) -> Read[Any]:
    """Reads what one event adds to an atom; None: nothing."""
    name = atom.property or ""
    match atom.gathers:
        case "count":
            return lambda event: 1
        case "first_at" | "last_at":
            return lambda event: event.at
        case "days":
            return lambda event: day_of(calendar.zone, event.at)
        case "answers":
            return lambda event: [event.at, event.position, event.field("purposes")]
        case "texts":
            return text_reader(name, calendar)
        case "first" | "last":
            return _placed(text_reader(name, calendar))
        case "sums":
            return _summand(number_reader(name, calendar))
        case "least" | "greatest":
            return number_reader(name, calendar)
        case "log":
            raise ValueError("the log of a sequence is no figure")


def join_of(gathers: Gathers) -> Join:
    """Joins two figures of this kind."""
    return _JOINS[gathers]


def total_of(sums: Iterable[Any]) -> tuple[int, int]:
    """How many numbers all of these are made of, and their sum in millionths."""
    numbers = low = high = 0
    for each, lower, higher in sums:
        numbers += each
        low += lower
        high += higher
    return numbers, (high << _LOW_BITS) + low


def text_reader(name: str, calendar: Calendar) -> Read[str]:
    """Reads the text of a property as measures see it: an empty one is none."""
    if name in ("$hour", "$weekday"):
        clock = _clock(name, calendar)
        return lambda event: str(clock(event))
    read = texts_of(name)
    return lambda event: read(event) or None


def number_reader(name: str, calendar: Calendar) -> Read[float]:
    """Reads the number of a property as measures see it."""
    if name in ("$hour", "$weekday"):
        clock = _clock(name, calendar)
        return lambda event: number(clock(event))
    return numbers_of(name)


def _clock(name: str, calendar: Calendar) -> Callable[[Event], int]:
    place = 0 if name == "$hour" else 1
    return lambda event: _hour_and_weekday(calendar.zone, event.at // MINUTE_MS)[place]


@lru_cache(maxsize=50_000)
def _hour_and_weekday(zone: ZoneInfo, minute: int) -> tuple[int, int]:
    """Clocks have differed by whole minutes since 1972."""
    local = Calendar(zone).local(minute * MINUTE_MS)
    return local.hour, local.isoweekday()


def _placed(read: Read[str]) -> Read[Any]:
    def placed(event: Event) -> list[Any] | None:
        text = read(event)
        return None if text is None else [event.at, event.position, text]

    return placed


def _summand(read: Read[float]) -> Read[Any]:
    def summand(event: Event) -> list[int] | None:
        found = read(event)
        if found is None or not -_TOO_GREAT < found < _TOO_GREAT:
            return None
        millionths = round(found * 1e6)
        return [1, millionths & _LOW, millionths >> _LOW_BITS]

    return summand


def _join_sums(one: list[int], other: list[int]) -> list[int]:
    """Sums reach 10^24 and more; MessagePack's whole numbers end at 2^63, hence two parts."""
    low = one[1] + other[1]
    return [one[0] + other[0], low & _LOW, one[2] + other[2] + (low >> _LOW_BITS)]


_JOINS: dict[Gathers, Join] = {
    "count": add,
    "sums": _join_sums,
    "least": min,
    "greatest": max,
    "first": min,
    "last": max,
    "first_at": min,
    "last_at": max,
    "answers": max,
}
