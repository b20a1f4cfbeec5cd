"""The step in which rules judge what an event says. What robots do is judged in `robots`, silence in `run`."""

from __future__ import annotations

from zuji.clean.clicks import judge_clicks
from zuji.clean.impossible import (
    judge_birthdays,
    judge_currencies,
    judge_lengths,
    judge_lines,
    judge_promises,
    judge_ranges,
    judge_traits,
)
from zuji.clean.measures import measures_of
from zuji.clean.orders import judge_orders
from zuji.clean.outliers import judge_outliers
from zuji.clean.property_meaning import is_measure, is_view, milliseconds_in, promise_of
from zuji.clean.rulings import Rulings
from zuji.clean.sheet import Sheet, Sort

_NUMBERS = frozenset({int, float})


def apply_rules(sheet: Sheet) -> None:
    """Impossible values first, then orders of events, then what is unusual."""
    if not sheet.rows:
        return
    rulings = Rulings(sheet)
    _judge_numbers(sheet, rulings)
    judge_birthdays(sheet, rulings)
    judge_lines(sheet, rulings)
    judge_traits(sheet, rulings)
    judge_currencies(sheet, rulings)
    judge_orders(sheet, rulings)
    judge_clicks(sheet, rulings)


def _judge_numbers(sheet: Sheet, rulings: Rulings) -> None:
    """Every property that is a number is gathered once, for all rules that look at numbers."""
    own_ranges = frozenset(name for book in rulings.books for name in book.rules.out_of_range.ranges)
    learns = rulings.is_on("outlier")

    def is_wanted(sort: Sort, name: str) -> bool:
        if promise_of(name) is not None or name in own_ranges:
            return True
        if milliseconds_in(name) is not None and is_view(sort.kind):
            return True
        return learns and is_measure(name) and type(sheet.properties[sort.first].get(name)) in _NUMBERS

    for measure in measures_of(sheet, is_wanted):
        judge_promises(sheet, rulings, measure)
        judge_lengths(sheet, rulings, measure)
        judge_ranges(sheet, rulings, measure)
        if learns and is_measure(measure.name):
            judge_outliers(sheet, rulings, measure)
