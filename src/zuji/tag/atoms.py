"""Atoms: the distinct pieces of state that the published rules need, and where each measure finds its own.

Equal measures of different rules share their atom; so do different measures that can be read from the same figures
(`sum` and `average`; `distinct` and `top`; `days` counts the day buckets of `count`). What an atom holds is joined by
an operation that knows no order, so events may come late and a person's atoms may lie in many states.

Where an atom keeps its figures (`kept`): in one place for ever; in one place for the days of a fixed window; or in a
series of buckets of one width. What is newest needs no buckets, because windows end now: the newest of all events is
in the window or none is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from zuji.tag.definition import Published
from zuji.tag.rule import (
    EVER,
    Between,
    Consents,
    Ever,
    Last,
    Measure,
    Sequence,
    This,
    What,
    Width,
    Window,
    leaves_of,
    measures_of,
    sequences_of,
)
from zuji.terms.document import EventMatch

Gathers = Literal[
    "count", "sums", "least", "greatest", "texts", "days", "first", "last", "first_at", "last_at", "log", "answers"
]
"""What is kept: how many; sums of millionths; the least and greatest number; texts (local days) with their events; the
first and last text with its place in the order; the first and last moment; the events of a sequence; the newest
event's purposes."""
Kept = Ever | Between | Width

_GATHERED_BY: dict[What, Gathers] = {
    "count": "count",
    "days": "days",
    "sum": "sums",
    "average": "sums",
    "minimum": "least",
    "maximum": "greatest",
    "distinct": "texts",
    "top": "texts",
    "first": "first",
    "last": "last",
    "since_first": "first_at",
    "since_last": "last_at",
}


@dataclass(frozen=True, slots=True)
class Atom:
    """One piece of state. `matches` are the steps of a sequence and what must not happen, or the one match."""

    gathers: Gathers
    kept: Kept
    matches: tuple[EventMatch | None, ...] = ()
    property: str | None = None


ANSWERS = Atom("answers", EVER)
"""The purposes of the newest event, whatever it is."""


def atom_of(measure: Measure) -> Atom:
    """The atom that a measure is read from."""
    gathers, kept = _GATHERED_BY[measure.what], kept_in(measure.window)
    if gathers == "days" and kept in (EVER, "day"):
        gathers, kept = "count", "day"
    elif gathers in ("last", "last_at") and ends_now(measure.window) and not isinstance(kept, Between):
        kept = EVER
    return Atom(gathers, kept, (measure.match,), measure.property)


def atom_of_sequence(sequence: Sequence) -> Atom:
    """The log of the events that matter to a sequence."""
    return Atom("log", EVER, (*sequence.steps, sequence.without))


def kept_in(window: Window) -> Kept:
    """How figures are kept for a window."""
    match window:
        case Ever() | Between():
            return window
        case Last(_, _, width, _):
            return width
        case This():
            return "day"


def ends_now(window: Window) -> bool:
    """Whether everything from the window's start on is inside."""
    return not isinstance(window, This) or not window.back


def atoms_of(published: Published) -> dict[Atom, tuple[Window, ...]]:
    """The atoms of the live rules in a settled order, each with the windows that it is read through."""
    found: dict[Atom, dict[Window, None]] = {}
    for atom, window in _needed(published):
        found.setdefault(atom, {})[window] = None
    return {atom: tuple(windows) for atom, windows in found.items()}


def _needed(published: Published) -> Iterator[tuple[Atom, Window]]:
    for definition in published.live():
        if definition.rule is None:
            continue
        for measure in measures_of(definition.rule):
            yield atom_of(measure), measure.window
        for sequence in sequences_of(definition.rule):
            yield atom_of_sequence(sequence), sequence.window
        if any(isinstance(leaf, Consents) for leaf in leaves_of(definition.rule)):
            yield ANSWERS, EVER
