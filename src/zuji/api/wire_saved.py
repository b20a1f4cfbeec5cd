"""The shapes of saved questions and dashboards on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from zuji.api.wire import In, Name, Out
from zuji.api.wire_questions import KIND, QUESTION, TICKET, AnswerOut

Shared = Literal["private", "workspace"]
SharedWith = Annotated[
    Shared, Field(description="private: yours and the owners'; workspace: everybody may read and run it.")
]
Description = Annotated[str, Field(max_length=2_000)]
TILES = Field(
    max_length=50,
    examples=[
        [
            {"question": "8f3c", "title": "New people", "x": 0, "y": 0, "width": 6, "height": 4, "chart": "line"},
            {"question": {"kind": "lifecycle", "question": {"event": "view"}}, "x": 6},
        ]
    ],
)


class SavedQuestionIn(In):
    """A question to keep. Relative dates stay relative: it asks about the last days at every run."""

    name: Name = Field(examples=["New people, last week"])
    description: Description = ""
    kind: str = KIND
    question: dict[str, Any] = QUESTION
    shared: SharedWith = "private"


class SavedQuestionChange(In):
    """What to change; what is left out stays."""

    name: Name | None = None
    description: Description | None = None
    kind: str | None = Field(default=None, max_length=40)
    question: dict[str, Any] | None = None
    shared: Shared | None = None


class SavedQuestionOut(Out):
    """A question that is kept. `owner` is the id of a token, or `control`."""

    id: str
    name: str
    description: str
    kind: str
    question: dict[str, Any]
    owner: str
    shared: Shared
    created_at: str
    updated_at: str


class SavedQuestionList(Out):
    """The questions one may see, oldest first."""

    questions: list[SavedQuestionOut]


class RunIn(In):
    """How to run what is saved. With a ticket a question can be cancelled while it runs."""

    ticket: str = TICKET


class DashboardIn(In):
    """A dashboard to keep. A tile's `question` is the id of a saved one, or {kind, question}."""

    name: Name = Field(examples=["Shop today"])
    shared: SharedWith = "private"
    tiles: list[dict[str, Any]] = TILES


class DashboardChange(In):
    """What to change; what is left out stays. `tiles` replaces all of them."""

    name: Name | None = None
    shared: Shared | None = None
    tiles: list[dict[str, Any]] | None = Field(default=None, max_length=50)


class AnnotationIn(In):
    """What happened at a moment."""

    at: str = Field(max_length=40, examples=["2026-11-11T00:00:00+08:00"])
    text: str = Field(min_length=1, max_length=1_000, examples=["Singles' Day begins"])


class AnnotationOut(Out):
    """What somebody wrote about a moment. `author` is the id of a token, or `control`."""

    id: str
    at: str
    text: str
    author: str


class DashboardOut(Out):
    """A dashboard: tiles on a page of 12 columns."""

    id: str
    name: str
    owner: str
    shared: Shared
    tiles: list[dict[str, Any]]
    created_at: str
    updated_at: str


class DashboardPage(DashboardOut):
    """A dashboard with what is written on it."""

    annotations: list[AnnotationOut]


class DashboardList(Out):
    """The dashboards one may see, oldest first."""

    dashboards: list[DashboardOut]


class TileOut(Out):
    """A tile answered, or why not."""

    tile: int = Field(description="Its place among the tiles, from 0.")
    title: str
    answer: AnswerOut | None = None
    code: str | None = None
    problem: str | None = None


class DashboardAnswer(Out):
    """Every tile, in order."""

    tiles: list[TileOut]
