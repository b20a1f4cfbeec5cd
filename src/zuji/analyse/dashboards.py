"""Dashboards: questions on a page, and what people wrote about moments on it.

A tile holds a question of its own or names a saved one. Whoever looks at a dashboard sees what they may see: a tile
with a saved question that is private to somebody else tells them that it is not there, and the others are answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from zuji.analyse.saved import Desk, changeable, read_document, seen
from zuji.store.saved import Annotation, Dashboard, SavedQuestion, Shared
from zuji.terms.document import Document, Name
from zuji.terms.error import BadQuestion, NotAllowed
from zuji.terms.refusal import refusal

COLUMNS = 12
MOST_TILES = 50
MOST_ANNOTATIONS = 1_000
Chart = Literal["auto", "line", "area", "bar", "pie", "number", "table", "funnel", "flow", "heat"]


class Inline(Document, frozen=True, kw_only=True):
    """A question that is written into its tile."""

    kind: Name
    question: dict[str, Any]


class Tile(Document, frozen=True, kw_only=True):
    """A question and its place on a page of 12 columns. `question` is the id of a saved one, or a question itself."""

    question: Annotated[str, Meta(min_length=1, max_length=64)] | Inline
    title: Annotated[str, Meta(max_length=200)] = ""
    x: Annotated[int, Meta(ge=0, lt=COLUMNS)] = 0
    y: Annotated[int, Meta(ge=0, le=1_000)] = 0
    width: Annotated[int, Meta(ge=1, le=COLUMNS)] = 6
    height: Annotated[int, Meta(ge=1, le=100)] = 4
    chart: Chart = "auto"

    def __post_init__(self) -> None:
        if self.x + self.width > COLUMNS:
            raise ValueError(f"a tile at x {self.x} of width {self.width} is beyond the {COLUMNS} columns of a page")


def read_tiles(desk: Desk, documents: Sequence[Mapping[str, Any]]) -> tuple[Tile, ...]:
    """The tiles of these documents; every question in them is one, and one that the writer may see."""
    if len(documents) > MOST_TILES:
        raise BadQuestion(f"a dashboard has up to {MOST_TILES} tiles, got {len(documents)}. Make a second one.")
    try:
        tiles = msgspec.convert(documents, tuple[Tile, ...])
    except (msgspec.ValidationError, ValueError) as error:
        raise BadQuestion(f"tiles: {refusal(tuple[Tile, ...], error)}") from error
    for tile in tiles:
        read_document(*question_of(desk, tile))
    return tiles


def question_of(desk: Desk, tile: Tile) -> tuple[str, dict[str, Any]]:
    """The kind and document to ask for a tile. Raises NotFound when the saved question is gone or not to be seen."""
    if isinstance(tile.question, Inline):
        return tile.question.kind, tile.question.question
    saved = seen(desk, SavedQuestion, tile.question)
    return saved.kind, saved.document


def tiles_of(dashboard: Dashboard) -> tuple[Tile, ...]:
    """The tiles as they were kept."""
    return msgspec.convert(dashboard.tiles, tuple[Tile, ...])


def save_dashboard(desk: Desk, *, name: str, shared: Shared, tiles: Sequence[Mapping[str, Any]]) -> Dashboard:
    """Keep a new dashboard."""
    now, kept = desk.now_ms, _kept(read_tiles(desk, tiles))
    made = Dashboard(desk.new_id(), desk.workspace, name, desk.principal.id, shared, kept, now, now)
    desk.saved.add(made)
    return made


def change_dashboard(desk: Desk, id_: str, changes: Mapping[str, Any]) -> Dashboard:
    """Change some of name, shared, tiles."""
    present = changeable(desk, Dashboard, id_)
    changed = dict(changes)
    if "tiles" in changed:
        changed["tiles"] = _kept(read_tiles(desk, changed["tiles"]))
    after = replace(present, **changed, updated_at=desk.now_ms)
    desk.saved.replace(after)
    return after


def delete_dashboard(desk: Desk, id_: str) -> None:
    """Forget a dashboard and what was written on it."""
    desk.saved.delete_dashboard(desk.workspace, changeable(desk, Dashboard, id_).id)


def annotate(desk: Desk, id_: str, *, at: int, text: str) -> Annotation:
    """Write on a dashboard that one sees."""
    dashboard = seen(desk, Dashboard, id_)
    made = Annotation(desk.new_id(), dashboard.id, at, text, desk.principal.id, desk.now_ms)
    desk.saved.annotate(made, most=MOST_ANNOTATIONS)
    return made


def remove_annotation(desk: Desk, id_: str, annotation: str) -> None:
    """Take an annotation away: one's own, or any on one's own dashboard; owners of the workspace any."""
    dashboard = seen(desk, Dashboard, id_)
    authors = {one.id: one.author for one in desk.saved.annotations(dashboard.id)}
    mine = desk.principal.id in (dashboard.owner, authors.get(annotation, desk.principal.id))
    if not mine and desk.principal.role != "owner":
        raise NotAllowed("this annotation is somebody else's. Ask them, the dashboard's owner, or an owner.")
    desk.saved.remove_annotation(dashboard.id, annotation)


def _kept(tiles: tuple[Tile, ...]) -> tuple[dict[str, Any], ...]:
    return tuple(msgspec.to_builtins(tiles))
