"""What a refused document may hold where it was refused: the choices, the bounds or the fields there are.

msgspec says what is wrong and where; what would be right stands in the types of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from msgspec import inspect

_PLACE = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`$")
_STEP = re.compile(r"\[[^]]*\]|[^.\[\]]+")
_BOUNDED = re.compile(r"^Expected `(?:int|float|str|array|object)`(?: of length)? [<>]=? ")
_MOST = 40
"""Of more choices or fields the first are named."""
LONGEST_MESSAGE = 1_000
"""Of what a refusal repeats: an unknown field is told by its name, which may be as long as a request."""


def refusal(kind: Any, mistake: Exception) -> str:
    """What msgspec says of a document that is no value of this type, and what is allowed at that place.

    Such as "Invalid enum value 'week' - at `$.steps[0].unit`. Allowed: day, hour."
    """
    message = str(mistake)
    shown = message if len(message) <= LONGEST_MESSAGE else f"{message[:400]} ... {message[-200:]}"
    return f"{shown}. {_allowed_at(kind, message)}".rstrip()


def _allowed_at(kind: Any, message: str) -> str:
    """A sentence, empty where nothing helps."""
    found = _PLACE.search(message)
    places = list(_alternatives(_type_of(kind)))
    for step in _STEP.findall(found[1]) if found else ():
        places = [inner for place in places for outer in _inside(place, step) for inner in _alternatives(outer)]
    if "unknown field" in message:
        fields = sorted({field.encode_name for place in places for field in getattr(place, "fields", ())})
        return f"There are: {_listed(fields)}." if fields else ""
    if message.startswith("Invalid enum value"):
        choices = [value for place in places if isinstance(place, inspect.LiteralType) for value in place.values]
        return f"Allowed: {_listed(choices)}." if choices else ""
    told = [words for place in places if (words := _bounds(place))] if _BOUNDED.match(message) else []
    return f"Allowed: {' or '.join(dict.fromkeys(told))}." if told else ""


@lru_cache(maxsize=256)
def _type_of(kind: Any) -> inspect.Type:
    return inspect.type_info(kind)


def _alternatives(place: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(place, inspect.Metadata):
        yield from _alternatives(place.type)
    elif isinstance(place, inspect.UnionType):
        for one in place.types:
            yield from _alternatives(one)
    else:
        yield place


def _inside(place: inspect.Type, step: str) -> Iterable[inspect.Type]:
    """The types one step further: a field by its name, an entry of an array, a value of an object by any key."""
    if isinstance(place, inspect.StructType):
        return [field.type for field in place.fields if field.encode_name == step]
    if isinstance(place, inspect.DictType):
        return [place.value_type]
    if isinstance(place, inspect.TupleType):
        number = step.strip("[]")
        return [place.item_types[int(number)]] if number.isdecimal() and int(number) < len(place.item_types) else []
    item = getattr(place, "item_type", None)
    return [item] if item is not None and step.startswith("[") else []


def _bounds(place: inspect.Type) -> str:
    """From what to what a number or a length goes.

    >>> _bounds(inspect.IntType(ge=1, le=1000)), _bounds(inspect.StrType(min_length=1))
    ('1 to 1,000', 'at least 1 characters')
    """
    if isinstance(place, inspect.IntType | inspect.FloatType):
        if place.gt is not None or place.lt is not None:
            return ""  # told by the message itself
        return _from_to(place.ge, place.le)
    what = {inspect.StrType: " characters", inspect.DictType: " entries"}.get(type(place), "")
    if not what and not hasattr(place, "item_type"):
        return ""
    lengths = _from_to(getattr(place, "min_length", None), getattr(place, "max_length", None))
    return lengths + (what or " entries") if lengths else ""


def _from_to(least: float | None, most: float | None) -> str:
    if least is None or most is None:
        return f"at most {most:,}" if most is not None else f"at least {least:,}" if least is not None else ""
    return f"{least:,} to {most:,}"


def _listed(names: Iterable[object]) -> str:
    told = [str(name) for name in names]
    return ", ".join(told[:_MOST]) + (", ..." if len(told) > _MOST else "")
