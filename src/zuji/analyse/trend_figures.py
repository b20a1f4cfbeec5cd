"""The figures of one series of a trend: for every group, period by period and for the whole range.

Three shapes of statement. What is added up or sorted (total, sum, median ...) is one GROUP BY CUBE of group and place:
groups, periods and totals in one pass. What counts different keys (persons, texts) first makes one row per key with
the places it was seen in, and counts these rows. The most events of one person are counted per person first.

Groups and places are numbered from 1 in the statements; 0 stands for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import pyarrow as pa

from zuji.analyse.group_ranking import RankedGroups
from zuji.analyse.reading import Reading
from zuji.analyse.seen import AT
from zuji.analyse.settled import Settled
from zuji.analyse.trend_matched import add_matched
from zuji.analyse.trend_series import ACTIVE_DAYS, PERCENTILES, ZERO_OF_NOTHING, Math, Series, Trend
from zuji.analyse.trend_window import Window, place_sql, window_of
from zuji.store.statement import Statement

Figure = float | None

OF_KEYS: frozenset[Math] = frozenset({"unique_users", "unique_values", *ACTIVE_DAYS})
"""Counts of different keys."""
_TALLIES: dict[Math, str] = {
    "total": "count()",
    "per_user_average": "count() / uniqExact(who)",
    "sum": "sumKahan(assumeNotNull(number))",
    "avg": "sumKahan(assumeNotNull(number)) / count()",
    "min": "min(assumeNotNull(number))",
    "max": "max(assumeNotNull(number))",
    **{math: f"quantileExactInclusive({level})(assumeNotNull(number))" for math, level in PERCENTILES.items()},
}
_BITS = (
    "groupBitOr(bitShiftLeft(toUInt64(1), place - 1))",
    "groupBitOr(seen_in)",
    "arrayMap(bit -> toInt32(bit) + 1, bitPositionsToArray(seen_in))",
)
"""The places a key was seen in as one number, for up to 64 places: made, made of several, and as a sorted list."""
_LISTS = ("groupUniqArray(toInt32(place))", "groupUniqArrayArray(seen_in)", "arraySort(seen_in)")
"""The same for any number of places."""
FEW_GROUPS = 12
"""So many groups have a number each beside every key: some 100 bytes a person."""


@dataclass(frozen=True, slots=True)
class Line:
    """One series in one group: its figure in every period, up to the end of every period, and of the whole range."""

    plain: Sequence[Figure]
    cumulative: Sequence[Figure]
    total: Figure


def lines_of(settled: Settled[Trend], reading: Reading, series: Series, grouping: RankedGroups | None) -> list[Line]:
    """The line of all events of a series, and behind it the line of every group."""
    window = window_of(settled, series)
    statement = Statement(settled)
    columns = {"place": place_sql(statement, window.bounds, AT)}
    add_matched(statement, settled, series, columns, span=window.span, grouping=grouping)
    grouped = grouping is not None
    if series.math in OF_KEYS:
        select = _marks(statement, series, window, groups=None if grouping is None else len(grouping))
    elif series.math == "max_per_user":
        select = _most(statement, grouped=grouped)
    else:
        keys = "grp, place" if grouped else "place"
        select = f"SELECT {keys}, {_TALLIES[series.math]} AS figure FROM matched GROUP BY CUBE({keys})"
    table = reading.table(statement.query(select))
    line_of = _line_of_marks if series.math in OF_KEYS else _line_of_tally
    return [
        line_of(figures, window, series) for figures in _by_group(table, 1 + (len(grouping.groups) if grouping else 0))
    ]


def _most(statement: Statement, *, grouped: bool) -> str:
    """(grp, place, figure): the most events of one person, of one group in one place, and of all of either."""
    sets = "(who, grp, place), (who, grp), (who, place), (who)" if grouped else "(who, place), (who)"
    keys = "grp, place" if grouped else "place"
    statement.step("own", f"SELECT who, {keys}, count() AS events FROM matched GROUP BY GROUPING SETS ({sets})")
    return f"SELECT {keys}, max(events) AS figure FROM own GROUP BY {keys}"


def _marks(statement: Statement, series: Series, window: Window, *, groups: int | None) -> str:
    """(grp, place, figure): how many keys have this mark.

    A key leaves a mark in each place it was seen in, one in place 0, and minus its first place. Where a figure looks
    back over several places, a key leaves a mark where it comes into sight, and minus the place where it goes out of
    it: so nobody is counted once per day looked back on.
    """
    key = "text" if series.math == "unique_values" else "who"
    fits = len(window.bounds) - 1 <= 64
    _, _, places = _BITS if fits else _LISTS
    if fits and groups is not None and groups <= FEW_GROUPS:
        source = _present_in_few(statement, key, groups)
    else:
        source = _present(statement, key, _BITS if fits else _LISTS, grouped=groups is not None)
    grp = "" if groups is None else ", grp"
    statement.step("placed", f"SELECT {places} AS places{grp} FROM {source}")
    marks = "arrayConcat(places, [0, -places[1]])"
    if window.width > 1:
        width = statement.bind(window.width, "Int32")
        nexts = "arrayPushBack(arrayPopFront(places), 2147483647)"
        gone = f"arrayMap((into, following) -> -least(into + {width}, following), places, {nexts})"
        marks = f"arrayConcat(places, {gone})"
    return f"SELECT arrayJoin({marks}) AS place{grp}, count() AS figure\nFROM placed\nGROUP BY place{grp}"


def _present(statement: Statement, key: str, how: tuple[str, str, str], *, grouped: bool) -> str:
    """The step with where each key was seen (`seen_in`): with groups a row for each of its groups, and one of all."""
    one, both, _ = how
    if not grouped:
        return statement.step("present", f"SELECT {key}, {one} AS seen_in\nFROM matched\nGROUP BY {key}")
    statement.step("present", f"SELECT {key}, grp, {one} AS seen_in\nFROM matched\nGROUP BY {key}, grp")
    all_groups = f"arrayPushBack(groupArray((grp, seen_in)), (toUInt32(0), {both})) AS groups"
    statement.step("gathered", f"SELECT {all_groups}\nFROM present\nGROUP BY {key}")
    return statement.step("split", "SELECT arrayJoin(groups) AS one, one.1 AS grp, one.2 AS seen_in FROM gathered")


def _present_in_few(statement: Statement, key: str, groups: int) -> str:
    """The same for few groups: with a number for each of them beside every key, the key alone is looked up."""
    bit = "bitShiftLeft(toUInt64(1), place - 1)"
    numbers = range(1, groups + 1)
    seen_in = "".join(f",\n    groupBitOrIf({bit}, grp = {number}) AS seen_in_{number}" for number in numbers)
    statement.step("present", f"SELECT {key}, groupBitOr({bit}) AS seen_in_0{seen_in}\nFROM matched\nGROUP BY {key}")
    pairs = ", ".join(f"(toUInt32({number}), seen_in_{number})" for number in (0, *numbers))
    return statement.step(
        "split", f"SELECT arrayJoin([{pairs}]) AS one, one.1 AS grp, one.2 AS seen_in FROM present WHERE seen_in != 0"
    )


def _by_group(table: pa.Table, lines: int) -> list[dict[int, float]]:
    """The figures of each group by place. Groups that came while we asked are left out."""
    found: list[dict[int, float]] = [{} for _ in range(lines)]
    for row in table.to_pylist():
        group = row.get("grp", 0)
        if group < lines:
            found[group][row["place"]] = row["figure"]
    return found


def _line_of_tally(tally: dict[int, float], window: Window, series: Series) -> Line:
    nothing = 0 if series.math in ZERO_OF_NOTHING else None
    # An average of nothing is not a number; a sum is none where it is beyond all doubles, which is not nothing.
    known = {place: figure for place, figure in tally.items() if figure == figure or nothing == 0}
    plain: list[Figure] = [known.get(place, nothing) for place in range(1, len(window.bounds))]
    # Where nothing matched, the engine gives either no row of all or one that says 0.
    total = known.get(0, nothing) if any(place > 0 for place in known) else nothing
    return Line(plain, list(accumulate(figure or 0 for figure in plain)), total)


def _line_of_marks(marks: dict[int, float], window: Window, series: Series) -> Line:
    places = range(1, len(window.bounds))
    came = [marks.get(place, 0) for place in places]
    if window.width == 1:
        return Line(came, list(accumulate(marks.get(-place, 0) for place in places)), marks.get(0, 0))
    changes = (into - marks.get(-place, 0) for place, into in zip(places, came, strict=True))
    in_sight = list(accumulate(changes))[window.before :]
    return Line(in_sight, in_sight, in_sight[-1])
