"""The one way into the reference: the answer to any question, and the people behind a figure of it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from analyse.reference.world import World


def answer(world: World, kind: str, question: Mapping[str, Any]) -> dict[str, Any]:
    """The `answer` object of this question. Raises Refused where the question must not be answered."""
    found: dict[str, Any] = import_module(f"analyse.reference.{kind}").answer(world, question)
    return found


def people(world: World, kind: str, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[int]:
    """The persons behind one figure of a question that counts by user."""
    found: set[int] = import_module(f"analyse.reference.{kind}").people(world, question, cell)
    return found
