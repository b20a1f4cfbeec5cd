"""Formulas over series: letters, numbers, + - * /, brackets. x / 0 is 0, a missing value is 0."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zuji.terms.error import BadQuestion

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z])|([-+*/()]))")
DEEPEST = 50
Steps = list[float | int | str]


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, compiled to steps of reverse notation: numbers, series by index, operators."""

    text: str
    steps: tuple[float | int | str, ...]

    def value(self, operands: Sequence[float | None]) -> float | None:
        """The value for these values of the series; null where it is beyond what a double holds.

        >>> read_formula("A / B * 100", 2).value([1, 0])
        0.0
        """
        stack: list[float] = []
        for step in self.steps:
            if isinstance(step, str):
                right, left = stack.pop(), stack.pop()
                stack.append(_applied(step, left, right))
            else:
                stack.append(step if isinstance(step, float) else float(operands[step] or 0))
        return stack[0] if math.isfinite(stack[0]) else None


def read_formula(text: str, series: int) -> Formula:
    """Read a formula over so many series; raises BadQuestion saying where it goes wrong."""
    words = _words(text)
    reader = _Reader(text, words, series)
    steps = reader.sum(0)
    if reader.at < len(words):
        raise BadQuestion(f"formula {text!r:.80}: {words[reader.at]!r} is not expected here.")
    return Formula(text, tuple(steps))


def _words(text: str) -> list[str]:
    words, at = [], 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise BadQuestion(f"formula {text!r:.80}: {text[at:].strip()[:1]!r} is none of A-Z, numbers, + - * / ( ).")
        words.append(found[0].strip())
        at = found.end()
    return words


def _applied(operator: str, left: float, right: float) -> float:
    if operator == "/":
        return left / right if right else 0.0
    return {"+": left + right, "-": left - right, "*": left * right}[operator]


class _Reader:
    """Recursive descent: a sum of products of factors."""

    def __init__(self, text: str, words: list[str], series: int) -> None:
        self._text, self._words, self._series = text, words, series
        self.at = 0

    def sum(self, depth: int) -> Steps:
        return self._chain("+-", self._product, depth)

    def _product(self, depth: int) -> Steps:
        return self._chain("*/", self._factor, depth)

    def _chain(self, operators: str, part: Callable[[int], Steps], depth: int) -> Steps:
        steps = part(depth)
        while self.at < len(self._words) and self._words[self.at] in operators:
            operator = self._words[self.at]
            self.at += 1
            steps = [*steps, *part(depth), operator]
        return steps

    def _factor(self, depth: int) -> Steps:
        word = self._words[self.at] if self.at < len(self._words) else "the end"
        self.at += 1
        if depth > DEEPEST:
            raise BadQuestion(f"formula {self._text!r:.80}: more than {DEEPEST} brackets deep.")
        if word == "(":
            steps = self.sum(depth + 1)
            if self.at >= len(self._words) or self._words[self.at] != ")":
                raise BadQuestion(f"formula {self._text!r:.80}: a bracket is not closed.")
            self.at += 1
            return steps
        if word == "-":
            return [0.0, *self._factor(depth + 1), "-"]
        if word[0].isdigit():
            return [float(word)]
        if len(word) == 1 and word.isalpha():
            return [self._letter(word)]
        raise BadQuestion(f"formula {self._text!r:.80}: {word!r} is not expected here.")

    def _letter(self, word: str) -> int:
        number = ord(word.upper()) - ord("A")
        if number >= self._series:
            raise BadQuestion(
                f"formula {self._text!r:.80}: there is no series {word.upper()}, there are {self._series}."
            )
        return number
