"""What an event may be used for, as its client says; everything, as long as nobody says otherwise."""

from __future__ import annotations

from zuji.clean.coded import Coded, codes_of
from zuji.clean.context import Context
from zuji.clean.sheet import Sheet
from zuji.clean.traits import Object
from zuji.terms.event import PURPOSES

ON_PROPERTIES = "$purposes"


def note_purposes(sheet: Sheet) -> None:
    """Fill the column of purposes."""
    distinct = [purposes_of(context, {}) for context in sheet.distinct_contexts]
    codes = sheet.context_codes
    telling = [ON_PROPERTIES in shape for shape in sheet.distinct_shapes]
    if any(telling):
        codes = codes.copy()
        for number, (shape, context) in enumerate(zip(sheet.shape_codes, sheet.contexts, strict=True)):
            if telling[shape]:
                codes[number] = len(distinct)
                distinct.append(purposes_of(context, sheet.properties[number]))
    sheet.coded["purposes"] = Coded(distinct, codes_of(codes))


def purposes_of(context: Context, properties: Object) -> tuple[str, ...]:
    """The purposes sent with an event, as sent; an empty list sent means none.

    >>> purposes_of(Context(), {"$purposes": ["analytics"]})
    ('analytics',)
    """
    if context.purposes is not None:
        return context.purposes
    sent = properties.get(ON_PROPERTIES)
    if isinstance(sent, list):
        return tuple(purpose for purpose in sent if isinstance(purpose, str))
    if context.consent is not None and context.consent.category_preferences is not None:
        return tuple(name for name, allowed in context.consent.category_preferences.items() if allowed)
    return PURPOSES
