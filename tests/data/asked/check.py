"""A question about a shop, and what a plain script over the file answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Check:
    """`answer` names the part of the answer that the script worked out; `cells` are figures with how many people are
    behind each."""

    question: Mapping[str, Any]
    answer: Mapping[str, Any]
    cells: tuple[tuple[Mapping[str, Any], int], ...]
