"""A path into a JSON document: the safe part of JSONPath. It names one place; it neither searches nor computes.

    $.data.object.id        $.lines[0].sku        $["line total"]        $.lines[-1]

`$` is the whole document, `@` the part of it that is looked at (one line of an order, say).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Step = str | int

LONGEST = 500
MAX_STEPS = 32  # the deepest payload seen in the wild has nine levels
_ROOTS = ("$", "@")
_STEP = re.compile(
    r"""\.(?P<name>[^.\[\]\s"'*]{1,200})"""
    r"""|\[(?P<place>-?[0-9]{1,6})\]"""
    r"""|\["(?P<quoted>[^"\\]{1,200})"\]"""
)
HOW = 'write names and places in lists, like $.order.lines[0].sku or $["line total"]'


@dataclass(frozen=True, slots=True)
class JsonPath:
    """Where a value stands. `root` says from where the steps go."""

    root: Literal["$", "@"]
    steps: tuple[Step, ...]

    def read(self, document: object) -> object:
        """The value at this place of a document; None when there is no such place.

        >>> parse_path("$.lines[-1].sku").read({"lines": [{"sku": "a"}, {"sku": "b"}]})
        'b'
        >>> parse_path("$.lines.sku").read({"lines": [{"sku": "a"}]}) is None
        True
        """
        value = document
        for step in self.steps:
            if isinstance(step, str):
                value = value.get(step) if isinstance(value, dict) else None
            elif isinstance(value, list) and -len(value) <= step < len(value):
                value = value[step]
            else:
                return None
        return value

    def with_value(self, document: object, value: object) -> object:
        """A copy of a document with another value at this place, which there must be.

        >>> parse_path("$.lines").with_value({"id": 1, "lines": ["a", "b"]}, ["b"])
        {'id': 1, 'lines': ['b']}
        """
        if not self.steps:
            return value
        step, inner = self.steps[0], JsonPath(self.root, self.steps[1:])
        if isinstance(step, str) and isinstance(document, dict):
            return {**document, step: inner.with_value(document.get(step), value)}
        if isinstance(step, int) and isinstance(document, list):
            place = range(len(document))[step]
            return [*document[:place], inner.with_value(document[place], value), *document[place + 1 :]]
        raise KeyError(step)


def is_path(text: str) -> bool:
    """Whether a text wants to be a path: it begins with one of the roots."""
    return text.startswith(_ROOTS)


@lru_cache(maxsize=4096)
def parse_path(text: str) -> JsonPath:
    """The path that a text writes. Raises ValueError that says what is allowed.

    >>> parse_path('@.lines[0]["line total"]').steps
    ('lines', 0, 'line total')
    """
    if not is_path(text):
        raise ValueError(f"{text!r:.120} is no path: it begins with $ (the whole body) or @ (the item)")
    if len(text) > LONGEST:
        raise ValueError(f"a path has at most {LONGEST} characters, got {len(text)}")
    steps: list[Step] = []
    at = 1
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            raise ValueError(f"{text!r:.120} cannot be read from {text[at : at + 20]!r} on: {HOW}")
        place = found["place"]
        steps.append(int(place) if place is not None else found["name"] or found["quoted"])
        at = found.end()
    if len(steps) > MAX_STEPS:
        raise ValueError(f"a path has at most {MAX_STEPS} steps, got {len(steps)}")
    return JsonPath("$" if text[0] == "$" else "@", tuple(steps))
