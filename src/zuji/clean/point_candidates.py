"""Points that may be worth declaring, from the places at which behaviour was captured. A person decides on each.

Paths of pages that differ in what looks like an id, or in a part of which there are many, are one candidate: its
`*` stands there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple

from zuji.clean.point_document import ONE_SEGMENT, THE_REST, CollectionPoint, Kind, segments_of
from zuji.clean.points import Place, Points
from zuji.terms.source import Channel

MOST_SIBLINGS = 20
"""Parts that stand behind the same beginning. More of them are taken for names of things, not of pages."""
MOST_SEGMENTS = 8
LONGEST = 1_000
"""What a document takes as a name."""
_ID = re.compile(r".{41,}|\d+|[0-9a-fA-F-]*\d[0-9a-fA-F-]{7,}|.*\d{4,}.*|.*\*.*", re.DOTALL)


class Captured(NamedTuple):
    """A place with the number of events captured there, and when the latest of them happened."""

    place: Place
    events: int
    last_at: int


class Candidate(NamedTuple):
    """A point as it could be declared, under a name to begin with."""

    name: str
    point: CollectionPoint
    events: int
    last_at: int


class _Spot(NamedTuple):
    kind: Kind
    channel: Channel
    named: str


def candidates(captured: Iterable[Captured], points: Points, *, least: int, most: int) -> list[Candidate]:
    """The most frequent places, of at least so many events, that are no declared point of their kind or dismissed."""
    unknown = [(kind, one) for one in captured for kind in _unknown_kinds(one.place, points)]
    templates = templates_of({one.place.path for kind, one in unknown if kind == "page"})
    found: dict[_Spot, tuple[int, int]] = {}
    for kind, one in unknown:
        place = one.place
        named = {"page": templates.get(place.path, ""), "screen": place.screen, "element": place.element}[kind]
        spot = _Spot(kind, place.channel, named)  # type: ignore[arg-type]  # of the event store, which holds no other
        events, last_at = found.get(spot, (0, 0))
        found[spot] = events + one.events, max(last_at, one.last_at)
    often = sorted((-events, spot, last_at) for spot, (events, last_at) in found.items() if events >= least)
    offered = (_candidate(spot, -events, last_at) for events, spot, last_at in often)
    return list(islice((one for one in offered if one.name not in points.dismissed), most))


def templates_of(paths: Iterable[str]) -> Mapping[str, str]:
    """Of each path the pattern that stands for it and its like.

    >>> templates_of(["/item/17", "/item/99", "/cart/"])
    {'/item/17': '/item/*', '/item/99': '/item/*', '/cart/': '/cart'}
    """
    parts = {path: [ONE_SEGMENT if _ID.fullmatch(one) else one for one in segments_of(path)] for path in paths}
    for depth in range(MOST_SEGMENTS):
        siblings: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for held in parts.values():
            if depth < len(held):
                siblings[tuple(held[:depth])].add(held[depth])
        for held in parts.values():
            if depth < len(held) and len(siblings[tuple(held[:depth])]) > MOST_SIBLINGS:
                held[depth] = ONE_SEGMENT
    return {path: "/" + "/".join(_shortened(held)) for path, held in parts.items()}


def _shortened(segments: list[str]) -> list[str]:
    return segments if len(segments) <= MOST_SEGMENTS else [*segments[:MOST_SEGMENTS], THE_REST]


def _unknown_kinds(place: Place, points: Points) -> list[Kind]:
    """As what a place could be declared and is not yet."""
    offered: list[tuple[Kind, str]] = [("page", place.path), ("screen", place.screen), ("element", place.element)]
    known = {points.declared[name].kind for name in points.at(place)}
    return [kind for kind, named in offered if 0 < len(named) <= LONGEST and kind not in known]


def _candidate(spot: _Spot, events: int, last_at: int) -> Candidate:
    kind, channel, named = spot
    point = CollectionPoint(
        kind=kind,
        channel=channel,
        path=named if kind == "page" else None,
        screen=named if kind == "screen" else None,
        element=named if kind == "element" else None,
    )
    return Candidate(f"{channel} {kind} {named}"[:200], point, events, last_at)
