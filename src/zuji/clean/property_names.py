"""Hold back floods of new property names: a client that writes data into names would fill every list of names."""

from __future__ import annotations

from collections.abc import Iterable

from zuji.clean.sheet import Sheet, Sort
from zuji.store.property_names import PropertyNames

_DAY_MS = 24 * 3_600_000


def guard_property_names(sheet: Sheet) -> None:
    """Reject events that bring new names once their source has brought its share of them today.

    The day is that of the work, not of the receipt, so that a rejected event can be replayed tomorrow.
    """
    sorts, own = sheet.sorts
    safe = [not sort.shape or sheet.facts.names.knows_all(_shape_of(sort, sort.shape)) for sort in sorts]
    if all(safe) and not any(sheet.traits):
        return
    day = sheet.now_ms // _DAY_MS
    for number, row in sheet.standing():
        traits, sort = sheet.traits[number], sorts[own[number]]
        if not traits and safe[own[number]]:
            continue
        shape = _shape_of(sort, traits or sort.shape)
        if sheet.facts.names.knows_all(shape):
            continue
        detail = _let_in(sheet.facts.names, shape, limit=row.source.settings.new_property_names_per_day, day=day)
        if detail:
            sheet.reject(number, "too_many_new_properties", detail)


def _shape_of(sort: Sort, names: Iterable[str]) -> tuple[str, ...]:
    return sort.source.workspace, sort.source.id, sort.kind, *names


def _let_in(names: PropertyNames, shape: tuple[str, ...], *, limit: int, day: int) -> str:
    """Note the new names of an event, all or none. Gives what to say when it is none."""
    new = names.new_ones(shape)
    brought = names.brought_on(shape[0], shape[1], day)
    if brought + len(new) > limit:
        return (
            f"{brought} new names today and {len(new)} more, such as {new[0][:100]!r}; the source allows {limit} a day"
        )
    names.note(shape, new, day)
    return ""
