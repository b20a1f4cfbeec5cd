"""The step in which a workspace's constraints are held against events: by columns within one, by memory across several.

Where nobody states any, that is a look into memory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from zuji.clean.commerce import decimal_of
from zuji.clean.constraint_document import Compare, Constraint, Follows, NotAbove, Order, SumOfLines, Together
from zuji.clean.constraints_across import broken_across, rows_of
from zuji.clean.measures import Numbers, numbers_of
from zuji.clean.sheet import Sheet
from zuji.clean.traits import Object
from zuji.terms.event import Flag

_HOLDS: Mapping[Order, Callable[[Numbers, Numbers], Any]] = {
    "lt": np.less,
    "lte": np.less_equal,
    "equals": np.equal,
    "gte": np.greater_equal,
    "gt": np.greater,
}
_ONE = Decimal(1)


def hold_constraints(sheet: Sheet) -> None:
    """Flag the rows that break a constraint of their workspace."""
    facts = sheet.facts
    for workspace in sheet.workspaces:
        for name, constraint in facts.quality.of(facts.policies, workspace).constraints.items():
            for row in _broken(sheet, workspace, name, constraint):
                sheet.flag(row, Flag.SUSPECT, f"constraint:{name}")


def _broken(sheet: Sheet, workspace: str, name: str, constraint: Constraint) -> Sequence[int]:
    """The rows that break a constraint, in their order."""
    if isinstance(constraint, NotAbove | Follows):
        return broken_across(sheet, workspace, name, constraint)
    rows = rows_of(sheet, workspace, constraint.events, constraint.sources)
    properties = [sheet.properties[row] for row in rows]
    match constraint:
        case Compare():
            breaks = _compared(properties, constraint)
        case SumOfLines():
            breaks = [_is_no_sum(one, constraint) for one in properties]
        case Together():
            breaks = [_has_some_only(one, constraint.properties) for one in properties]
    return [row for row, broken in zip(rows, breaks, strict=True) if broken]


def _compared(properties: Sequence[Object], constraint: Compare) -> Sequence[bool]:
    left = numbers_of([one.get(constraint.left) for one in properties])
    right = numbers_of([one.get(constraint.right) for one in properties])
    holds = _HOLDS[constraint.op](left, right)
    broken: list[bool] = (~(holds | np.isnan(left) | np.isnan(right))).tolist()
    return broken


def _is_no_sum(properties: Object, constraint: SumOfLines) -> bool:
    """Exactly, as decimals: a cent that floats lose is not the client's mistake."""
    total, lines = decimal_of(properties.get(constraint.total)), properties.get(constraint.lines)
    if total is None or not isinstance(lines, list) or not lines:
        return False
    found = Decimal(0)
    for line in lines:
        price = decimal_of(line.get(constraint.price)) if isinstance(line, dict) else None
        quantity = decimal_of(line.get(constraint.quantity, 1)) if isinstance(line, dict) else None
        if price is None or quantity is None:
            return False
        found += price * quantity
    for names, sign in ((constraint.plus, _ONE), (constraint.minus, -_ONE)):
        found += sign * sum((decimal_of(properties.get(name)) or Decimal(0) for name in names), start=Decimal(0))
    return abs(found - total) > Decimal(str(constraint.tolerance))


def _has_some_only(properties: Object, names: Collection[str]) -> bool:
    present = [properties.get(name) is not None for name in names]
    return any(present) and not all(present)
