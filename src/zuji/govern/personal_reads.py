"""What may be asked of personal properties by a role that sees them masked: whether there is one, and whole values.

Whoever knows a whole value finds its owner by it anyway. Every other comparison, and every figure made of the value,
would tell it piece by piece: does the phone hold 138, is it above 13812348000, what is the highest of this one person.
"""

from __future__ import annotations

from collections.abc import Iterable

from zuji.govern.masking import is_personal
from zuji.terms.condition import Leaf, Op
from zuji.terms.error import NotAllowed

WHOLE: frozenset[Op] = frozenset({"is_set", "is_not_set", "equals", "not_equals", "in_segment"})
BIRTHDAYS = frozenset({"birthday", "birth_date", "生日"})
"""Whoever addresses people by age, or on the day, compares these: they stay open to conditions."""


def refuse_pieces(leaves: Iterable[Leaf]) -> None:
    """Raise NotAllowed for a condition that would tell a personal value piece by piece.

    >>> refuse_pieces([Leaf("phone", "equals", value="13812348000"), Leaf("birthday", "after", value="-30y")])
    """
    for leaf in leaves:
        refuse_piece(leaf.property, leaf.op)


def refuse_piece(property_: str, op: Op) -> None:
    """Raise NotAllowed where this comparison would tell a personal value of this property piece by piece."""
    if op in WHOLE or not is_personal(property_):
        return
    if BIRTHDAYS.isdisjoint(property_.lower().removeprefix("$").split(".")):
        raise NotAllowed(
            f"{property_!r:.80} holds personal values, which your role sees masked: a condition on it may be is_set, "
            f"is_not_set, equals or not_equals with whole values, not {op}. Ask somebody who may read personal values."
        )


def refuse_figures(properties: Iterable[str]) -> None:
    """Raise NotAllowed where figures are to be made of the values of a personal property."""
    for property_ in filter(is_personal, properties):
        raise NotAllowed(
            f"{property_!r:.80} holds personal values, which your role sees masked: people and events who have it, and "
            "its different values, can be counted; no sum, average, bound or range is told of it."
        )
