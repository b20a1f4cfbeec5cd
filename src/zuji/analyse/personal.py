"""Questions of somebody who may not read personal values: refused where the answer would tell one piece by piece."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from zuji.analyse.question import Breakdown, PropertyRef, Question
from zuji.analyse.settled import wheres
from zuji.analyse.trend_series import Series
from zuji.govern.personal_reads import refuse_figures, refuse_pieces

_FIGURES = ("property", "value", "x", "y")
"""The fields of questions that name the property of a figure."""


def refuse_personal(question: Question) -> None:
    """Raise NotAllowed for a question that reads personal values other than by counting and comparing whole ones."""
    refuse_pieces(leaf for where in wheres(question) for leaf in where.leaves())
    refuse_figures(_measured(question))


def _measured(value: object) -> Iterator[str]:
    """The properties whose values are read as numbers, however deep."""
    match value:
        case PropertyRef():
            return
        case Breakdown():
            yield from value.names() if value.bins is not None else ()
        case Series():
            yield from (value.measured() or "",) if value.math != "unique_values" else ()
        case Struct():
            for field in value.__struct_fields__:
                inner = getattr(value, field)
                if not isinstance(inner, str):
                    yield from _measured(inner)
                elif field in _FIGURES:
                    yield inner
        case tuple() | list():
            for part in value:
                yield from _measured(part)
