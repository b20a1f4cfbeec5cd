"""Segments laid over one another: everybody divided by which of them they are in."""

from __future__ import annotations

from fastapi import Request

from zuji.api.segment_people import segment_people_of
from zuji.api.wire_definitions import OverlapPart
from zuji.tag.definition import Definition
from zuji.tag.history import Asked
from zuji.tag.preview import Run
from zuji.terms.error import BadRequest

MOST_DIVIDED = 6
"""Six segments have 63 combinations, which a picture still shows; each further one doubles them."""


def parts_out(request: Request, segments: list[Definition], asked: Asked, run: Run) -> list[OverlapPart]:
    """The parts of an overlap, the largest first; none where there are more segments than can be shown."""
    if len(segments) > MOST_DIVIDED:
        return []
    found = segment_people_of(request).parts(segments, asked, run)
    return [OverlapPart(segments=[segments[place].key for place in one.places], count=one.count) for one in found]


def places_in(segments: list[str], within: list[str]) -> list[int]:
    """Where the wanted ones stand among all.

    >>> places_in(["vip", "new", "lost"], ["lost", "vip"])
    [0, 2]
    """
    strangers = sorted(set(within) - set(segments))
    if strangers:
        raise BadRequest(f"within: {strangers[0]!r:.80} is none of `segments`. Name only those that are laid over.")
    return [place for place, key in enumerate(segments) if key in within]
