"""What measures give, as SQL: aggregates over a person's events, and what they say as text, number or list."""

from __future__ import annotations

from dataclasses import dataclass

from zuji.store.property_sql import Value, number_value, text_value
from zuji.tag.history_pass import HistoryPass
from zuji.tag.rule import OF_NUMBERS, Measure
from zuji.terms.period import DAY_MS, HOUR_MS, MINUTE_MS

UNIT_MS = {"minute": MINUTE_MS, "hour": HOUR_MS, "day": DAY_MS, "week": 7 * DAY_MS}
LARGEST = 1e18
"""Numbers from here on are in no sum."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a person has, over the columns of the pass. `shown` is null for nothing; of a list it is an array."""

    shown: str
    value: Value | None = None
    """As text, number and time; None for a list, which `shown` is."""


def figure_of(gathered: HistoryPass, measure: Measure) -> Figure:
    """What the measure gives."""
    if measure.property is not None:
        of = _of_numbers if measure.what in OF_NUMBERS else _of_texts
        return of(gathered, measure, measure.property)
    counted = gathered.counted(measure.match, measure.window)
    match measure.what:
        case "count":
            return _number(gathered.figure(measure, lambda: f"countIf({counted})"))
        case "days":
            day = f"toDate32(fromUnixTimestamp64Milli(ms), {gathered.statement.text(gathered.zone)})"
            return _number(gathered.figure(measure, lambda: f"uniqExactIf({day}, {counted})"))
        case _:
            which = "min" if measure.what == "since_first" else "max"
            key = (which, measure.match, measure.window)
            moment = gathered.figure(key, lambda: f"{which}OrNullIf(ms, {counted})")
            now, unit = gathered.statement.integer(gathered.asked.now_ms), UNIT_MS[measure.unit]
            return _number(f"intDiv({now} - {moment}, {unit})")


def _of_numbers(gathered: HistoryPass, measure: Measure, name: str) -> Figure:
    number = gathered.number(measure.match, name)
    counted = gathered.counted(measure.match, measure.window)
    if measure.what in ("minimum", "maximum"):
        aggregate = f"{measure.what[:3]}OrNullIf({number}, {counted} AND isNotNull({number}))"
        return _number(gathered.figure(measure, lambda: aggregate))
    key = (measure.match, name, measure.window)
    units = gathered.event(("units", measure.match, name), lambda: _millionths(number))
    total = gathered.figure(("sum", *key), lambda: f"ifNull(sumIf({units}, {counted}), 0)")
    if measure.what == "sum":
        return _number(f"toFloat64({total}) / 1e6")
    many = gathered.figure(("numbers", *key), lambda: f"countIf({counted} AND isNotNull({units}))")
    return _number(f"if({many} = 0, NULL, toFloat64({total}) / {many} / 1e6)")


def _millionths(number: str) -> str:
    """Whole millionths as Int128, in two halves: the engine's own conversion loses digits beyond 64 bits."""
    whole = f"roundBankers(assumeNotNull({number}) * 1e6)"
    high = f"floor({whole} / 4294967296)"
    exact = f"toInt128(toInt64({high})) * 4294967296 + toInt64({whole} - {high} * 4294967296)"
    return f"if(ifNull(abs({number}) < {LARGEST}, 0), {exact}, NULL)"


def _of_texts(gathered: HistoryPass, measure: Measure, name: str) -> Figure:
    text = gathered.text(measure.match, name)
    counted = f"{gathered.counted(measure.match, measure.window)} AND ifNull({text}, '') != ''"
    known = f"assumeNotNull({text})"
    match measure.what:
        case "distinct":
            return _number(gathered.figure(measure, lambda: f"uniqExactIf({known}, {counted})"))
        case "top":
            key = ("top", measure.match, name, measure.window)
            tally = gathered.figure(key, lambda: f"sumMapIf([{known}], [toInt64(1)], {counted})")
            return Figure(_ranked(tally, measure))
        case _:
            chosen = "argMin" if measure.what == "first" else "argMax"
            found = gathered.figure(measure, lambda: f"{chosen}If({known}, (ms, position), {counted})")
            shown = f"nullIf({found}, '')"
            return Figure(shown, text_value(gathered.statement, shown, zone=gathered.zone))


def _ranked(tally: str, measure: Measure) -> str:
    """Of (texts, how often): those on most events first, of equal ones the smaller text."""
    pairs = f"arrayZip(arrayMap(often -> -often, {tally}.2), {tally}.1)"
    enough = f"arrayFilter(pair -> pair.1 <= -{measure.at_least}, {pairs})"
    return f"arraySlice(arrayMap(pair -> pair.2, arraySort({enough})), 1, {measure.limit})"


def _number(sql: str) -> Figure:
    return Figure(f"toNullable({sql})", number_value(sql))
