"""Which collection points the rows of a batch come from: looked up for each distinct place once, not for each row.

A point waits under the most telling thing it asks for (its element, screen, event, or the first part of its path), so
that a place is compared with the few points it may be, however many are declared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
import polars as pl
import pyarrow as pa

from zuji.clean.point_document import ONE_SEGMENT, THE_REST, CollectionPoint, CollectionPoints, segments_of
from zuji.store.points import Seen, Spot
from zuji.terms.event import Flag

PLACE = ["source", "channel", "type", "event", "url_host", "url_path", "element"]
TIMES = ["occurred_at", "received_at"]
_Key = tuple[str, str]


class Place(NamedTuple):
    """Where an event was captured, as its row tells. `properties`: the text of those that any point asks for."""

    source: str
    channel: str
    type: str
    event: str
    host: str
    path: str
    element: str
    properties: Mapping[str, str]

    @property
    def screen(self) -> str:
        """The screen it names; nothing when it is about none."""
        return self.event if self.type == "screen" else ""


class Points:
    """The declared points of a workspace, ready to be looked up."""

    def __init__(self, declared: CollectionPoints) -> None:
        self.declared = declared.points
        self.dismissed = frozenset(declared.dismissed)
        """The names of candidates that nobody wants to be offered."""
        self.matchers = {name: point.matcher for name, point in self.declared.items()}
        self.properties = sorted({name for point in self.declared.values() for name in point.properties})
        """The names of properties that any point asks for."""
        self._waiting: dict[_Key, list[str]] = defaultdict(list)
        for name, point in self.declared.items():
            self._waiting[_key_of(point)].append(name)

    def at(self, place: Place) -> Iterator[str]:
        """The points that a place is."""
        keys = (
            ("element", place.element),
            ("screen", place.screen),
            ("event", place.event),
            ("path", segments_of(place.path)[0]),
            ("", ""),
        )
        for key in keys:
            for name in self._waiting.get(key, ()):
                if is_at(self.declared[name], place):
                    yield name


def is_at(point: CollectionPoint, place: Place) -> bool:
    """Whether a place is this point: everything that the point names is so."""
    return (
        point.channel == place.channel
        and point.event in (None, place.event)
        and (point.host is None or point.host.lower() == place.host)
        and point.element in (None, place.element)
        and point.screen in (None, place.screen)
        and (point.sources is None or place.source in point.sources)
        and (point.path is None or is_path(point.path, place.path))
        and all(place.properties.get(name) == text_of(value) for name, value in point.properties.items())
    )


def is_path(pattern: str, path: str) -> bool:
    """Whether a page has such a path.

    >>> is_path("/product/*", "/product/42/"), is_path("/product/*", "/product"), is_path("/help/**", "/help")
    (True, False, True)
    """
    if not path:
        return False
    wanted, segments = segments_of(pattern), segments_of(path)
    if wanted[-1] == THE_REST:
        wanted.pop()
        segments, missing = segments[: len(wanted)], len(wanted) - len(segments)
        if missing > 0:
            return False
    return len(wanted) == len(segments) and all(
        one in (ONE_SEGMENT, other) for one, other in zip(wanted, segments, strict=True)
    )


def text_of(value: Any) -> str:
    """A value of a property as points compare it: till 7 is till "7".

    >>> text_of(7), text_of(7.0), text_of("7"), text_of(True)
    ('7', '7', '7', 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def seen_in(stored: pa.Table, workspace: str, points: Points) -> dict[Spot, Seen]:
    """What the stored rows of a batch bring to the points of a workspace.

    What was inferred nobody captured. What a clock dates after its receipt counts as of its receipt.
    """
    asked = [*PLACE, *TIMES, *(["properties"] if points.properties else [])]
    rows = pl.DataFrame(stored.select(["workspace", "flags", *asked]))
    rows = rows.filter(pl.col("workspace") == workspace, pl.col("flags") & int(Flag.INFERRED) == 0)
    found: dict[Spot, Seen] = {}
    for place, seen in _places(rows, _reader(points.properties)):
        for name in points.at(place):
            spot = Spot(workspace, name, points.matchers[name], place.source)
            found[spot] = found[spot].with_(seen) if spot in found else seen
    return found


def _places(rows: pl.DataFrame, told: Callable[[str], Mapping[str, str]]) -> Iterator[tuple[Place, Seen]]:
    at = pl.min_horizontal(*TIMES).cast(pl.Int64)
    alike = [name for name in (*PLACE, "properties") if name in rows.columns]
    groups = rows.group_by(alike).agg(pl.len(), at.min().alias("first"), at.max().alias("last"))
    for row in groups.iter_rows():
        source, channel, kind, event, host, path, element, *properties = row[:-3]
        said = told(properties[0]) if properties else {}
        yield Place(source, channel, kind, event, host, path, element, said), Seen(*row[-3:])


def _reader(names: list[str]) -> Callable[[str], Mapping[str, str]]:
    """Reads from the properties of an event those that are asked for."""

    def read(properties: str) -> Mapping[str, str]:
        held = msgspec.json.decode(properties) if properties else {}
        return {name: text_of(held[name]) for name in names if name in held}

    return read


def _key_of(point: CollectionPoint) -> _Key:
    for name in ("element", "screen", "event"):
        value = getattr(point, name)
        if value is not None:
            return name, value
    first = segments_of(point.path)[0] if point.path else ONE_SEGMENT
    return ("", "") if first in (ONE_SEGMENT, THE_REST) else ("path", first)
