"""The shapes of questions on the wire. What a question and its answer hold, kind by kind, is in docs/questions.md."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from zuji.api.wire import Cursor, IdentifierShape, In, Out

TICKET = Field(default="", max_length=64, pattern=r"^[0-9A-Za-z_-]*$", examples=["report-7"])
KIND = Field(min_length=1, max_length=40, examples=["funnel"])
QUESTION = Field(examples=[{"steps": [{"event": "view"}, {"event": "purchase"}], "date_from": "-30d"}])


class QuestionIn(In):
    """A question. With a ticket it can be cancelled while it runs."""

    kind: str = KIND
    question: dict[str, Any] = QUESTION
    ticket: str = TICKET


class StatementOut(Out):
    """A statement that was run: its text, and the values bound in it."""

    sql: str
    values: dict[str, Any]


class PeopleReference(Out):
    """Goes back, with a cell, to `questions/people`."""

    kind: str
    question: dict[str, Any]
    position: int
    identity_version: int


class AnswerOut(Out):
    """The envelope of every answer."""

    kind: str
    question: dict[str, Any] = Field(description="As it was understood: every default filled in, dates absolute.")
    answer: dict[str, Any]
    notes: list[str]
    exactness: str | dict[str, Any] = Field(examples=["exact"])
    rows_read: int
    milliseconds: int
    freshness: str | None = Field(description="When the newest event happened that the answer could see.")
    identity_version: int
    position: int
    sql: list[StatementOut]
    people: PeopleReference


class PeopleIn(In):
    """A figure of an answer: the question, and the cell that docs/questions.md names for it."""

    kind: str = KIND
    question: dict[str, Any] = QUESTION
    cell: dict[str, Any] = Field(examples=[{"step": 2, "dropped": True}])
    position: int | None = Field(default=None, description="Of the answer, to be told whether the world has moved on.")
    identity_version: int | None = None
    limit: int = Field(default=100, ge=1, le=1000)
    cursor: str | None = Field(default=None, pattern=r"^[0-9]{1,12}$")
    ticket: str = TICKET


class PersonOut(Out):
    """Somebody behind a figure. `person` is a number, or the text of a property when `count_by` names one."""

    person: int | str
    identified: bool
    name: str | None = Field(default=None, description="What they are called; only for who may see it.")
    identifiers: list[IdentifierShape]
    reason: Any = None


class PeopleOut(Out):
    """The people behind a figure, in order."""

    count: int
    people: list[PersonOut]
    next: Cursor = None
    moved_on: bool = Field(description="Whether events or identities have changed since the answer.")


class ProgressOut(Out):
    """How far the statement is that runs at the moment; a question may have several, one after the other."""

    rows_read: int
    rows_to_read: int = Field(description="About how many rows it has to read.")


class JobOut(Out):
    """A question that is answered in the background."""

    id: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    kind: str
    milliseconds: int
    progress: ProgressOut | None = Field(default=None, description="While it runs, when the store can tell.")
    problem: str | None = None
    answer: AnswerOut | None = None


class KindsOut(Out):
    """The kinds of questions, each with the JSON schema of its document."""

    kinds: dict[str, dict[str, Any]]
