"""Check events against the tracking plan that the workspace decided: flag or set aside what it does not foresee.

Names are checked once per sort of event, values only of properties that the plan says something about. Without a plan,
or where it accepts everything, nothing is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from zuji.clean.observed import type_name
from zuji.clean.plan_document import NO_PLAN, Mode, PlannedEvent, PlannedProperty, TrackingPlan
from zuji.clean.sheet import Sheet, Sort
from zuji.terms.event import Flag

Complaint = tuple[str, str]
"""What is wrong with which property, such as ("type", "price")."""
UNPLANNED: Complaint = ("unplanned", "")


def check_plan(sheet: Sheet) -> None:
    """Complaints of one event are told together: joined in its flag's reason, or in the detail of its rejection."""
    plans = {name: sheet.facts.plans.of(sheet.facts.policies, name) for name in _workspaces(sheet)}
    if not any(_looks_at_something(plan) for plan in plans.values()):
        return
    sorts, own = sheet.sorts
    for number, sort in enumerate(sorts):
        plan = plans[sort.source.workspace]
        planned = _planned(plan, sort)
        mode = plan.unplanned if planned is None else planned.mode or plan.mode
        if mode == "accept":
            continue
        rows = [row for row in np.flatnonzero(own == number).tolist() if not sheet.is_rejected(row)]
        for row, complaints in zip(rows, _complaints(sheet, planned, sort, rows), strict=True):
            if complaints:
                _tell(sheet, row, mode, complaints)


def _workspaces(sheet: Sheet) -> set[str]:
    return {run.source.workspace for run in sheet.receipts}


def _looks_at_something(plan: TrackingPlan) -> bool:
    if plan is NO_PLAN:
        return False
    modes = {plan.unplanned, *(event.mode or plan.mode for event in plan.events.values())}
    return modes != {"accept"}


def _planned(plan: TrackingPlan, sort: Sort) -> PlannedEvent | None:
    """What the plan says of an event; nothing when it means other sources."""
    event = plan.events.get(sort.kind)
    if event is None or (event.sources is not None and sort.source.id not in event.sources):
        return None
    return event


def _tell(sheet: Sheet, row: int, mode: Mode, complaints: Sequence[Complaint]) -> None:
    if mode == "warn":
        for what, name in complaints:
            # Reasons of an event are joined by commas.
            sheet.flag(row, Flag.AGAINST_PLAN, f"plan:{what}:{name}".rstrip(":").replace(",", " "))
        return
    properties = sheet.properties[row]
    sheet.reject(row, "against_plan", "; ".join(_words(what, name, properties) for what, name in complaints)[:500])


def _words(what: str, name: str, properties: dict[str, Any]) -> str:
    """One complaint for people. A value is not repeated: the event waits whole beside it."""
    match what:
        case "unplanned":
            return "this event is not in the plan"
        case "missing":
            return f"{name} is missing"
        case "other":
            return f"{name} is not in the plan"
        case "type":
            return f"{name} is of the type {type_name(properties.get(name))}"
        case "enum":
            return f"{name} is none of the planned values"
        case _:
            return f"{name} does not match its pattern"


def _complaints(
    sheet: Sheet, planned: PlannedEvent | None, sort: Sort, rows: Sequence[int]
) -> Iterator[list[Complaint]]:
    """Per row of one sort, what is wrong with it."""
    if planned is None:
        yield from ([UNPLANNED] for _ in rows)
        return
    of_all: list[Complaint] = []
    if planned.others == "against":
        of_all = [("other", name) for name in sort.shape if name not in planned.properties]
    found = [list(of_all) for _ in rows]
    for name, wanted in planned.properties.items():
        values = [sheet.properties[row].get(name) for row in rows]
        for complaints, what in zip(found, _judged(wanted, values), strict=True):
            if what:
                complaints.append((what, name))
    yield from found


def _judged(wanted: PlannedProperty, values: Sequence[Any]) -> list[str]:
    """What is wrong with each value, or nothing; the first that holds of: missing, type, enum, pattern."""
    matching = _matching(wanted.pattern, values) if wanted.pattern is not None else None
    allowed = None if wanted.enum is None else {_comparable(value) for value in wanted.enum}
    judged = []
    for value in values:
        if value is None:
            judged.append("missing" if wanted.required else "")
        elif not fits(value, wanted.type):
            judged.append("type")
        elif allowed is not None and _comparable(value) not in allowed:
            judged.append("enum")
        else:
            judged.append("pattern" if matching is not None and str(value) not in matching else "")
    return judged


def fits(value: Any, wanted: str) -> bool:
    """Whether a value is of a planned type. Whole numbers are numbers too.

    >>> fits(1, "number"), fits(1.0, "integer"), fits(True, "number"), fits([], "any")
    (True, False, False, True)
    """
    found = type_name(value)
    return wanted in ("any", found) or (wanted == "number" and found == "integer")


def _matching(pattern: str, values: Sequence[Any]) -> frozenset[str]:
    """The distinct texts that match. Read by an engine whose time grows with the text only, whatever the pattern."""
    texts = list({value for value in values if isinstance(value, str)})
    return frozenset(pl.Series(texts, dtype=pl.String).filter(pl.Series(texts, dtype=pl.String).str.contains(pattern)))


def _comparable(value: Any) -> tuple[bool, Any]:
    """Python holds True for 1; the plan does not. What cannot be compared is no planned value."""
    return isinstance(value, bool), value if isinstance(value, str | int | float | bool | None) else id(value)
