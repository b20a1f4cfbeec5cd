"""Collection points as a workspace declares them (policy part `points`): where behaviour should be captured."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from zuji.terms.document import Document, Duration, Name, Text, document_of, read_document
from zuji.terms.source import Channel

Kind = Literal["page", "element", "screen", "till", "sensor", "other"]
Scalar = str | int | float | bool

MOST_POINTS = 1_000
ONE_SEGMENT = "*"
THE_REST = "**"
NEEDED: Mapping[str, str] = {"page": "path", "element": "element", "screen": "screen"}
"""By what a kind is recognised at least; the others by anything."""
MEANT_FOR_PEOPLE = ("kind", "description", "silent_after")
"""What may change without the point being recognised in another way."""


class CollectionPoint(Document, frozen=True, kw_only=True):
    """A place and how it is recognised: by everything that is named here, of events of its channel.

    `path`: of a page, where `*` stands for one part between slashes, and `**` at the end for any number of them.
    `silent_after`: how long nothing may happen there before the point counts as silent.
    """

    kind: Kind
    channel: Channel
    description: Text = ""
    event: Name | None = None
    host: Name | None = None
    path: Name | None = None
    element: Name | None = None
    screen: Name | None = None
    sources: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=100)] | None = None
    properties: Annotated[Mapping[Name, Scalar], Meta(max_length=20)] = field(default_factory=dict)
    silent_after: Duration = Duration(amount=1, unit="day")

    def __post_init__(self) -> None:
        needed = NEEDED.get(self.kind)
        if needed is not None and getattr(self, needed) is None:
            raise ValueError(f"a point of kind {self.kind} is recognised by its {needed}; name it")
        criteria = (self.event, self.host, self.path, self.element, self.screen, self.sources)
        if not self.properties and all(one is None for one in criteria):
            raise ValueError(
                "everything in its channel would be of this point; name at least one of event, host, path, element,"
                " screen, sources, properties"
            )
        if self.path is not None:
            refuse_bad_path(self.path)

    @property
    def matcher(self) -> str:
        """How the point is recognised, in short: whoever changes this begins to count anew."""
        asked = {name: value for name, value in document_of(self).items() if name not in MEANT_FOR_PEOPLE}
        return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()[:16]


class CollectionPoints(Document, frozen=True, kw_only=True):
    """The register, by the name of the point. `dismissed`: candidates that are not to be offered again, by name."""

    points: Annotated[Mapping[Name, CollectionPoint], Meta(max_length=MOST_POINTS)] = field(default_factory=dict)
    dismissed: Annotated[tuple[Name, ...], Meta(max_length=MOST_POINTS)] = ()


NO_POINTS = CollectionPoints()


def read_points(document: Mapping[str, Any]) -> CollectionPoints:
    """The register of a document. Raises BadQuestion that says what is wrong and where."""
    return read_document(CollectionPoints, document)


def segments_of(path: str) -> list[str]:
    """The parts of a path; a slash at its end says nothing.

    >>> segments_of("/product/42/"), segments_of("/")
    (['product', '42'], [''])
    """
    return path.strip("/").split("/")


def refuse_bad_path(path: str) -> None:
    """Raise ValueError for a path that no page can have or whose stars stand where they mean nothing."""
    segments = segments_of(path)
    if not path.startswith("/"):
        raise ValueError(f"the path {path!r:.100} must begin with a slash")
    if THE_REST in segments[:-1]:
        raise ValueError(f"the path {path!r:.100} has ** before its end; there it may only stand last")
    if any("*" in one and one not in (ONE_SEGMENT, THE_REST) for one in segments):
        raise ValueError(f"the path {path!r:.100} has a star within a part; * stands for a whole part between slashes")
