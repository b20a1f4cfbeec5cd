"""A case worked out by hand: a small world, a question, and the answer that everybody must give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analyse.reference.world import World


@dataclass(frozen=True)
class Case:
    """`name` is the sentence of docs/questions.md that the case decides, in words that make a test's name.

    `answer` is the whole `answer` object, or the part of it that matters: a key that is not named may be anything.
    `cells` are some of its figures with the people behind them.
    """

    name: str
    world: World
    kind: str
    question: Mapping[str, Any]
    answer: Mapping[str, Any]
    cells: tuple[tuple[Mapping[str, Any], frozenset[int]], ...] = field(default=())
