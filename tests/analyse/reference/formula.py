"""Formulas over series: letters, numbers, + - * / and brackets."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

_TOKEN = re.compile(r"\s*([A-Z]|[0-9]+(?:\.[0-9]+)?|[-+*/()])\s*")


def value_of_formula(text: str, letters: Mapping[str, float | None]) -> float | None:
    """The value where every letter stands for a number; null is 0, x / 0 is 0, what no double holds is null."""
    tokens = _TOKEN.findall(text)
    value = _sum(tokens, letters)
    if tokens:
        raise ValueError(f"{tokens} is left over in {text!r}")
    return value if math.isfinite(value) else None


def _sum(tokens: list[str], letters: Mapping[str, float | None]) -> float:
    value = _product(tokens, letters)
    while tokens and tokens[0] in "+-":
        sign = tokens.pop(0)
        other = _product(tokens, letters)
        value = value + other if sign == "+" else value - other
    return value


def _product(tokens: list[str], letters: Mapping[str, float | None]) -> float:
    value = _single(tokens, letters)
    while tokens and tokens[0] in "*/":
        sign = tokens.pop(0)
        other = _single(tokens, letters)
        if sign == "*":
            value = value * other
            continue
        value = value / other if other else 0
    return value


def _single(tokens: list[str], letters: Mapping[str, float | None]) -> float:
    token = tokens.pop(0)
    if token == "(":
        value = _sum(tokens, letters)
        tokens.pop(0)  # the closing one
        return value
    return letters[token] or 0 if token.isalpha() else float(token)
