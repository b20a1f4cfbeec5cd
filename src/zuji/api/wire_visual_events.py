"""The shapes of visual events on the wire. A definition travels as its document: docs/visual-events.md."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Body
from pydantic import Field

from zuji.api.wire import In, Out
from zuji.api.wire_questions import TICKET
from zuji.tag.click_suggestions import By
from zuji.tag.visual_catalogue import State

VISUAL: dict[str, Any] = {
    "key": "buy_now",
    "name": {"en": "Buy now", "zh": "立即购买"},
    "page": {"path": "/product/*"},
    "element": "[data-track=buy]",
    "text": {"op": "contains", "value": "Buy"},
}
VisualDocument = Annotated[
    dict[str, Any], Body(examples=[VISUAL], description="The visual event; see docs/visual-events.md.")
]
WHERE = Field(
    description="The condition that its clicks pass: with `event` null it means the same in questions and rules."
)


class VisualEventOut(Out):
    """A visual event. `document` is as it is written now; `changed`: it is not what is published.

    `event`: what questions call it, null while it is not published. `version`: the one that is published, or null.
    """

    key: str
    document: dict[str, Any]
    state: State
    version: int | None
    changed: bool
    event: str | None = Field(examples=["visual:buy_now"])
    where: Any = WHERE
    created_at: str
    updated_at: str
    updated_by: str


class VisualEventList(Out):
    """The visual events of a workspace, by key."""

    visual_events: list[VisualEventOut]


class VisualVersionOut(Out):
    """A version as it was published; a document of null retired all before it."""

    version: int
    at: str
    by: str
    document: dict[str, Any] | None


class VisualVersionList(Out):
    """Every version, newest first."""

    versions: list[VisualVersionOut]


class VisualPreviewIn(In):
    """What to look at before it is published: the document of a visual event, as it would be written."""

    definition: dict[str, Any] = Field(examples=[VISUAL])
    days: int = Field(default=7, ge=1, le=90, description="Of the clicks of so many days, today included.")
    ticket: str = TICKET


class SeenClicks(Out):
    """Clicks that are alike: on which page, what is written there; how many, of how many people."""

    host: str | None
    path: str | None
    text: str | None
    clicks: int
    people: int


class VisualPreviewOut(Out):
    """What a visual event would have counted. `kinds` are the most frequent sorts of its clicks, at most 20."""

    clicks: int
    people: int
    kinds: list[SeenClicks]
    warnings: list[Literal["no_clicks", "many_texts"]]
    where: Any = WHERE


class SuggestionsIn(In):
    """Which clicks to look at: of a host and of pages (`*`: any text). With `chain`, for this element alone."""

    host: str | None = Field(default=None, max_length=1_000)
    path: str | None = Field(default=None, max_length=1_000, examples=["/product/*"])
    days: int = Field(default=7, ge=1, le=90)
    limit: int = Field(default=50, ge=1, le=200)
    chain: list[dict[str, Any]] | None = Field(
        default=None,
        max_length=50,
        description="An element as a click tells it (`$elements`): from itself outwards.",
        examples=[[{"tag_name": "button", "attr__id": "buy", "nth_of_type": 1}]],
    )
    ticket: str = TICKET


class SelectorOut(Out):
    """A selector, what it goes by, how many of the clicks are on it, on how many different elements or texts."""

    selector: str
    by: By
    clicks: int
    elements: int


class SuggestedElement(Out):
    """An element, what is written on it, how often it was clicked, and selectors for it, the surest first."""

    tag: str
    text: str | None
    clicks: int
    selectors: list[SelectorOut]


class SuggestionsOut(Out):
    """The elements most clicked. `looked_at`: of how many clicks; those of the rarest chains beyond 1,000 are not."""

    looked_at: int
    elements: list[SuggestedElement]
