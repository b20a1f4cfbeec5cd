"""Amounts of several currencies are never added up in silence."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from zuji.analyse.question import PropertyRef
from zuji.analyse.reading import Reading
from zuji.analyse.seen import has_key, key_sql, property_number, seen
from zuji.analyse.settled import Settled
from zuji.store.property_sql import event_value
from zuji.store.statement import Statement
from zuji.terms.dates import Span
from zuji.terms.error import BadQuestion

AMOUNTS = frozenset({"amount", "$amount"})


def refuse_mixed_currencies(
    settled: Settled[Any], reading: Reading, name: str | None, condition: str, statement: Statement, span: Span
) -> None:
    """Raise BadQuestion when the amounts of these events are of more than one currency.

    `condition` chooses the events and is bound in `statement`, which is used up.
    """
    if name not in AMOUNTS or not reading.several_currencies(settled.workspace):
        return
    currency = event_value(statement, "$currency", zone=settled.calendar.zone.key).text
    amount = property_number(statement, settled, name)
    columns = {"currency_text": currency}
    conditions = [condition, f"isNotNull({amount})"]
    if isinstance(settled.question.count_by, PropertyRef):  # events without it are left out of everything
        conditions.append(has_key(settled, f"({key_sql(statement, settled)})"))
    statement.step("paid", seen(statement, settled, columns, conditions=conditions, span=span))
    found = reading.table(
        statement.query(
            "SELECT DISTINCT assumeNotNull(currency_text) AS currency FROM paid WHERE isNotNull(currency_text)"
        )
    )
    refuse_currencies(name, set(found["currency"].to_pylist()))


def refuse_currencies(name: str, currencies: Collection[str]) -> None:
    """Raise BadQuestion when there is more than one; `name` is the property that was to be added up."""
    if len(currencies) > 1:
        named = ", ".join(sorted(currencies)[:10])
        raise BadQuestion(
            f"{name} is in {len(currencies)} currencies ({named}), and they cannot be added up. "
            'Ask for one: {"property": "currency", "op": "equals", "value": ...}.'
        )
