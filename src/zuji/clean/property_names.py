"""Hold back floods of new property names: a client that writes data into names would fill every list of names."""

from __future__ import annotations

from collections.abc import Iterable

from zuji.clean.sheet import Sheet
from zuji.store.property_names import PropertyNames
from zuji.terms.source import Source

_DAY_MS = 24 * 3_600_000
_NAMED_BY_TYPE = frozenset({"page", "screen", "identify", "group", "alias", "profile"})
"""Messages whose names are listed under their type: what stands for an event there is named after a page or a thing."""


def guard_property_names(sheet: Sheet) -> None:
    """Reject events that bring new names once their source has brought its share of them today.

    The day is that of the work, not of the receipt, so that a rejected event can be replayed tomorrow.
    """
    codes = sheet.shape_codes
    kinds = [message.type if message.type in _NAMED_BY_TYPE else message.event for message in sheet.messages]
    alike = list(zip(sheet.receipt_codes.tolist(), kinds, codes, strict=True))
    sorts = set(alike)
    safe = {sort for sort in sorts if not sort[2] or _knows(sheet, *sort)}
    if len(safe) == len(sorts) and not any(sheet.traits):
        return
    day = sheet.now_ms // _DAY_MS
    for number, row in sheet.standing():
        traits = sheet.traits[number]
        if not traits and alike[number] in safe:
            continue
        shape = _shape_of(row.source, kinds[number], traits or sheet.distinct_shapes[codes[number]])
        if sheet.facts.names.knows_all(shape):
            continue
        detail = _let_in(sheet.facts.names, shape, limit=row.source.settings.new_property_names_per_day, day=day)
        if detail:
            sheet.reject(number, "too_many_new_properties", detail)


def _knows(sheet: Sheet, run: int, kind: str, code: int) -> bool:
    """Whether all names of the events of one request that are of one kind and shape are known."""
    shape = _shape_of(sheet.receipts[run].source, kind, sheet.distinct_shapes[code])
    return sheet.facts.names.knows_all(shape)


def _shape_of(source: Source, kind: str, names: Iterable[str]) -> tuple[str, ...]:
    return source.workspace, source.id, kind, *names


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
