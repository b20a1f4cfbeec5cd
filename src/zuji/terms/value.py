"""Values as they are compared: the one way to write each as a text. Normative: docs/questions.md, `Text of a value`."""

from __future__ import annotations

import re

_EXPONENT = re.compile(r"e\+?(-?)0*(\d+)")


def text_of(value: str | int | float) -> str:
    """The text of a value as it is compared: true is `true`, 5 and 5.0 are `5`.

    >>> [text_of(one) for one in (True, 5.0, 0.1, 1e21, 1e-7, "x", 1e3)]
    ['true', '5', '0.1', '1e21', '1e-7', 'x', '1000']
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, float):
        return str(value)
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    if 1e-6 <= abs(value) < 1e21:
        return f"{value:.20f}".rstrip("0") if abs(value) < 1 else str(int(value))
    return _EXPONENT.sub(r"e\1\2", text)
