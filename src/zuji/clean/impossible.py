"""Values that cannot be: judged by what the name of a property promises, and by the workspace's own ranges."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

import numpy as np

from zuji.clean.currencies import CURRENCIES
from zuji.clean.measures import Measure, number_of
from zuji.clean.property_meaning import (
    is_birthday,
    is_view,
    milliseconds_in,
    partners_of,
    plain,
    promise_beside_currency,
    promise_of,
    takes_back,
)
from zuji.clean.rulings import Rulings, mend
from zuji.clean.sheet import Sheet

LINES = frozenset({"products", "items", "lines", "order_items", "orderItems", "goods"})
FIRST_BIRTH = date(1900, 1, 1)
_DAY = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?(?:[T ].*)?$")
_WORDS = {
    "negative_number": "negative",
    "impossible_age": "impossible",
    "impossible_place": "impossible",
    "impossible_share": "impossible",
}


def judge_promises(sheet: Sheet, rulings: Rulings, measure: Measure) -> None:
    """Numbers beyond what their name promises: ages, places, shares, prices below nothing."""
    always = promise_of(measure.name)
    promise = always or promise_beside_currency(measure.name)
    if promise is None:
        return
    beyond = (measure.numbers < promise.low) | (measure.numbers > promise.high)
    for place in np.flatnonzero(beyond).tolist():
        row = int(measure.rows[place])
        if always is None and not sheet.columns["currency"][row]:
            continue
        if promise.rule == "negative_number" and takes_back(sheet.messages[row].event):
            continue
        if not _swapped(sheet, rulings, row, measure.name, float(measure.numbers[place])):
            reason = f"{_WORDS[promise.rule]}:{measure.name}"
            _strike_value(sheet, rulings, row, promise.rule, reason, measure.name)


def judge_lengths(sheet: Sheet, rulings: Rulings, measure: Measure) -> None:
    """Views that were too short to see anything."""
    unit = milliseconds_in(measure.name)
    if unit is None:
        return
    longest = max(book.rules.short_view.shortest_ms for book in rulings.books)
    sorts, own = sheet.sorts
    for place in np.flatnonzero(measure.numbers * unit < longest).tolist():
        row = int(measure.rows[place])
        lasted = float(measure.numbers[place]) * unit
        shortest = rulings.book_of(row).rules.short_view.shortest_ms
        if lasted < shortest and is_view(sorts[own[row]].kind):
            rulings.strike(row, "short_view", "view:short", f"it lasted {lasted:g} ms, less than {shortest} ms")


def judge_ranges(sheet: Sheet, rulings: Rulings, measure: Measure) -> None:
    """Numbers outside the ranges that their workspace gave."""
    if not any(measure.name in book.rules.out_of_range.ranges for book in rulings.books):
        return
    for row, number in zip(measure.rows.tolist(), measure.numbers.tolist(), strict=True):
        allowed = rulings.book_of(row).rules.out_of_range.ranges.get(measure.name)
        if allowed is None:
            continue
        low = allowed.at_least is not None and number < allowed.at_least
        high = allowed.at_most is not None and number > allowed.at_most
        if low or high:
            _strike_value(sheet, rulings, row, "out_of_range", f"range:{measure.name}", measure.name)


def judge_currencies(sheet: Sheet, rulings: Rulings) -> None:
    """Currencies that nobody pays in."""
    column = sheet.columns["currency"]
    unknown = {code for code in set(column) if code and code not in CURRENCIES}
    if not unknown or not rulings.is_on("unknown_currency"):
        return
    for row, code in enumerate(column):
        if code in unknown:
            rulings.strike(row, "unknown_currency", "currency:unknown", f"{code!r} is no code of ISO 4217")


def judge_birthdays(sheet: Sheet, rulings: Rulings) -> None:
    """Days of birth that nobody alive has, in properties."""
    sorts, own = sheet.sorts
    names = [tuple(name for name in sort.shape if is_birthday(name)) for sort in sorts]
    if not any(names) or not rulings.is_on("impossible_date"):
        return
    for row, sort in enumerate(own.tolist()):
        for name in names[sort]:
            if is_impossible_birth(sheet.properties[row].get(name), sheet.now_ms):
                _strike_value(sheet, rulings, row, "impossible_date", f"impossible:{name}", name)


def judge_lines(sheet: Sheet, rulings: Rulings) -> None:
    """Prices and quantities below nothing in the lines of an order."""
    sorts, own = sheet.sorts
    names = [None if takes_back(sort.kind) else next((n for n in sort.shape if n in LINES), None) for sort in sorts]
    if not any(names) or not rulings.is_on("negative_number"):
        return
    for row, sort in enumerate(own.tolist()):
        name = names[sort]
        if name is not None and (inner := _negative_in(sheet.properties[row].get(name))):
            path = f"{name}.{inner}"
            rulings.strike(row, "negative_number", f"negative:{path}", f"{path} is negative")


def judge_traits(sheet: Sheet, rulings: Rulings) -> None:
    """What profiles state of a person. A trait cannot be mended here: it is stored with its flag."""
    if not any(sheet.traits):
        return
    for row, _ in sheet.standing():
        for name, value in sheet.traits[row].items():
            promise = promise_of(name)
            if promise is not None:
                number = number_of(value)
                wrong = number < promise.low or number > promise.high
                if wrong and promise.rule != "negative_number":
                    rulings.strike(row, promise.rule, f"impossible:{name}", f"{name} is {value!r:.60}")
            elif is_birthday(name) and is_impossible_birth(value, sheet.now_ms):
                rulings.strike(row, "impossible_date", f"impossible:{name}", f"{name} is {value!r:.60}")


def is_impossible_birth(value: object, now_ms: int) -> bool:
    """Whether a text is a day, and one on which nobody can have been born. What is no day at all tells nothing.

    >>> [is_impossible_birth(text, 0) for text in ("1969-02-30", "1969/2/3", "19991231", "1850-01-01", "soon")]
    [True, False, True, True, False]
    """
    if not isinstance(value, str) or (found := _DAY.match(value.strip())) is None:
        return False
    try:
        born = date(*(int(part) for part in found.groups()))
    except ValueError:
        return True
    return not FIRST_BIRTH <= born <= datetime.fromtimestamp(now_ms / 1000, UTC).date()


def _swapped(sheet: Sheet, rulings: Rulings, row: int, name: str, latitude: float) -> bool:
    """Whether a latitude beyond 90 is really the longitude, and was dealt with as such."""
    partners = partners_of(name)
    if not partners or not 90 < abs(latitude) <= 180 or rulings.book_of(row).action_of("swapped_place") == "off":
        return False
    properties = sheet.properties[row]
    other = next((one for one in properties if plain(one) in partners), None)
    if other is None or not abs(number_of(properties[other])) <= 90:
        return False
    detail = f"{name} is {latitude:g}, {other} is {properties[other]!r:.40}"
    if rulings.strike(row, "swapped_place", f"swapped:{name}", detail) == "repair":
        mend(sheet, row, {name: properties[other], other: properties[name]})
    return True


def _strike_value(sheet: Sheet, rulings: Rulings, row: int, rule: str, reason: str, name: str) -> None:
    """To mend a value that cannot be is to take it away: nobody knows what it should have been."""
    value = sheet.properties[row].get(name)
    if rulings.strike(row, rule, reason, f"{name} is {value!r:.60}") == "repair":
        mend(sheet, row, {name: None})


def _negative_in(lines: Any) -> str:
    """The name of the first negative price or quantity in a list of lines; empty when there is none."""
    if not isinstance(lines, Sequence) or isinstance(lines, str):
        return ""
    for line in lines:
        if isinstance(line, dict):
            for name, value in cast(dict[str, Any], line).items():
                promise = promise_of(name)
                if promise is not None and promise.rule == "negative_number" and number_of(value) < 0:
                    return name
    return ""
