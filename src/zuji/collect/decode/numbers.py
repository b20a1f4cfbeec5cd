"""Numbers that a protocol writes as texts."""

from __future__ import annotations

import math

_LONGEST = 40
_EXACT = 2**53
"""Below it a float is every integer exactly."""


def number_of(value: object) -> object:
    """The number that a text writes; any other value, and a text that writes none, stays what it is.

    >>> number_of("3"), number_of("9.90"), number_of("nan"), number_of(5)
    (3, 9.9, 'nan', 5)
    """
    if not isinstance(value, str) or len(value) > _LONGEST:
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number):
        return value
    return int(number) if number.is_integer() and abs(number) < _EXACT else number
