"""What a kind of question is: a document, a way to settle it, a way to answer it, and the people behind a figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic

from zuji.analyse.question import Q
from zuji.analyse.reading import Reading
from zuji.analyse.settled import Settled, Surroundings, settle
from zuji.terms.dates import Span

Answer = dict[str, Any]
"""The `answer` object, exactly as docs/questions.md writes it."""

Cell = Mapping[str, Any]
"""Which figure of an answer: see each kind in docs/questions.md."""


@dataclass(frozen=True, slots=True)
class People:
    """The people behind a figure: their keys in order, and why each is among them (by key; may be empty)."""

    keys: tuple[int | str, ...]
    reasons: Mapping[int | str, Any] = field(default_factory=dict)


def range_alone(settled: Settled[Any]) -> Span:
    """The reach of a kind that looks at no event after its range."""
    return settled.span


@dataclass(frozen=True, slots=True)
class Kind(Generic[Q]):
    """One kind of question. `answer` and `people` read through `Reading` and decide nothing about dates or defaults."""

    name: str
    question: type[Q]
    answer: Callable[[Settled[Q], Reading], Answer]
    people: Callable[[Settled[Q], Cell, Reading], People]
    settle: Callable[[Q, Surroundings], Settled[Q]] = settle
    reach: Callable[[Settled[Q]], Span | None] = lambda _: None
    """The time whose events (and `now`) an answer depends on; None: no end, and the answer is never given again."""
