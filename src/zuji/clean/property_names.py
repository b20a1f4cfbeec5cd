"""Hold back floods of new property names: a client that writes data into names would fill every list of names."""

from __future__ import annotations

from zuji.clean.sheet import Sheet
from zuji.store.property_names import PropertyNames
from zuji.terms.message import Message

_DAY_MS = 24 * 3_600_000
_NAMED_BY_TYPE = frozenset({"page", "screen", "identify", "group", "alias", "profile"})


def guard_property_names(sheet: Sheet) -> None:
    """Reject events that bring new names once their source has brought its share of them today.

    The day is that of the work, not of the receipt, so that a rejected event can be replayed tomorrow.
    """
    names = sheet.facts.names
    day = sheet.now_ms // _DAY_MS
    known: set[tuple[str, str, str, int]] = set()
    for number, row in sheet.standing():
        source, traits, code = row.source, sheet.traits[number], sheet.shape_codes[number]
        kind = kind_of(row.message)
        if not traits and (not code or (source.workspace, source.id, kind, code) in known):
            continue
        shape = (source.workspace, source.id, kind, *(traits or sheet.distinct_shapes[code]))
        if names.knows_all(shape):
            if not traits:
                known.add((source.workspace, source.id, kind, code))
            continue
        detail = _let_in(names, shape, limit=source.settings.new_property_names_per_day, day=day)
        if detail:
            sheet.reject(number, "too_many_new_properties", detail)


def kind_of(message: Message) -> str:
    """Under what names are listed: the event for a track; the type for what is often named after a page or a thing."""
    return message.type if message.type in _NAMED_BY_TYPE else message.event


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
