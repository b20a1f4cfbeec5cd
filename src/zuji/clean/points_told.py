"""What is known of each declared point: live, silent or missing; and how much of each channel is covered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from zuji.clean.point_document import CollectionPoint
from zuji.clean.points import Points
from zuji.store.points import Seen, Spot
from zuji.terms.source import Channel

PointStatus = Literal["live", "silent", "missing"]
"""`live`: something happened there within `silent_after`. `silent`: only before that. `missing`: never."""


class PointTold(NamedTuple):
    """A declared point, and what arrived of it from all sources and from each."""

    name: str
    point: CollectionPoint
    status: PointStatus
    seen: Seen | None
    sources: Mapping[str, Seen]


class Coverage(NamedTuple):
    """How many points were declared, and how many of them are what."""

    declared: int
    live: int
    silent: int
    missing: int

    @property
    def share(self) -> float | None:
        """Live of declared, from 0 to 1; None when nothing was declared."""
        return round(self.live / self.declared, 4) if self.declared else None


def status_of(point: CollectionPoint, seen: Seen | None, now_ms: int) -> PointStatus:
    """What a point is at this moment.

    A point is live up to and including `silent_after` after what happened there last.
    """
    if seen is None:
        return "missing"
    return "live" if now_ms - seen.last_at <= point.silent_after.milliseconds else "silent"


def told(points: Points, seen: Mapping[Spot, Seen], now_ms: int) -> list[PointTold]:
    """Every declared point, by name. What was recognised in another way than today's counts for nothing."""
    by_point: dict[tuple[str, str], dict[str, Seen]] = {}
    for spot, found in seen.items():
        by_point.setdefault((spot.point, spot.matcher), {})[spot.source] = found
    result = []
    for name, point in sorted(points.declared.items()):
        sources = by_point.get((name, points.matchers[name]), {})
        together = _together(sources.values())
        result.append(PointTold(name, point, status_of(point, together, now_ms), together, sources))
    return result


def coverage(points: Iterable[PointTold]) -> Coverage:
    """How much of these is live."""
    statuses = [one.status for one in points]
    return Coverage(len(statuses), *(statuses.count(status) for status in ("live", "silent", "missing")))


def coverage_by_channel(points: Iterable[PointTold]) -> dict[Channel, Coverage]:
    """The same by channel, of those in which a point was declared."""
    of_channel: dict[Channel, list[PointTold]] = {}
    for one in points:
        of_channel.setdefault(one.point.channel, []).append(one)
    return {channel: coverage(of_channel[channel]) for channel in sorted(of_channel)}


def _together(seen: Iterable[Seen]) -> Seen | None:
    result: Seen | None = None
    for one in seen:
        result = result.with_(one) if result else one
    return result
