"""The shapes of lists of people on the wire."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from zuji.api.wire import Cursor, In, Name, Out
from zuji.api.wire_questions import KIND, QUESTION, TICKET, PersonOut


class ListIn(In):
    """The people behind a figure, to be kept: the question, and the cell that docs/questions.md names for it."""

    name: Name = Field(examples=["Left before paying, November"])
    kind: str = KIND
    question: dict[str, Any] = QUESTION
    cell: dict[str, Any] = Field(examples=[{"step": 2, "dropped": True}])
    ticket: str = TICKET


class ListOut(Out):
    """A list. `saved`: how many people were put on it, at `created_at`."""

    id: str
    name: str
    owner: str
    kind: str
    question: dict[str, Any]
    cell: dict[str, Any]
    saved: int
    identity_version: int
    created_at: str


class ListPage(ListOut):
    """A list, and how many people it holds today: those who were found to be one count once."""

    count: int


class ListOfLists(Out):
    """The lists of a workspace, oldest first."""

    lists: list[ListOut]


class MembersOut(Out):
    """The people on a list as they are now, in order."""

    count: int
    people: list[PersonOut]
    next: Cursor = None
