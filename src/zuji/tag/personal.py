"""Rules of somebody who may not read personal values: refused where who passes would tell one piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zuji.govern.personal_reads import refuse_figures, refuse_piece, refuse_pieces
from zuji.tag.rule import (
    OF_NUMBERS,
    OF_TEXTS,
    HasIdentifier,
    HasTag,
    Measured,
    Rule,
    Trait,
    leaves_of,
    measures_of,
    sequences_of,
)
from zuji.terms.condition import Op
from zuji.terms.document import EventMatch


def refuse_personal(rule: Rule, taken: Mapping[str, str]) -> None:
    """Raise NotAllowed for a rule that reads personal values other than by comparing whole ones.

    `taken`: the personal properties that tags are taken from, by the keys of the tags.
    """
    for name, op in _compared(rule):
        refuse_piece(taken.get(name, name), op)
    for match in _matches(rule):
        refuse_pieces(match.where.leaves())
    refuse_figures(one.property or "" for one in measures_of(rule) if one.what in OF_NUMBERS)


def _compared(rule: Rule) -> Iterator[tuple[str, Op]]:
    """What is compared, by the name that says whether it is personal, and how."""
    for leaf in leaves_of(rule):
        match leaf:
            case Trait(name, comparison) | HasIdentifier(name, comparison) | HasTag(name, comparison):
                yield name, comparison.op
            case Measured(measure, comparison) if measure.what in OF_TEXTS and measure.what != "distinct":
                yield measure.property or "", comparison.op


def _matches(rule: Rule) -> Iterator[EventMatch]:
    """Every condition over events."""
    for measure in measures_of(rule):
        yield measure.match
    for sequence in sequences_of(rule):
        yield from sequence.steps
        if sequence.without is not None:
            yield sequence.without
