"""The shapes of uploads on the wire: a file that waits, its columns, what was found in its rows."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from zuji.api.wire import In, Name, Out
from zuji.clean.quality import Dimension


class UploadOut(Out):
    """A file that waits to be imported. `lines`: line ends in it, about as many as it has rows where it is a text."""

    id: str
    file: str
    size: int
    lines: int
    uploaded_at: str
    expires_at: str


class UploadList(Out):
    """What waits, newest first, and how large a file may be."""

    most_bytes: int
    uploads: list[UploadOut]


class UploadLookIn(In):
    """How to read the file; null: as it is guessed."""

    mapping: dict[str, Any] | None = None


class UploadColumn(Out):
    """A column with its first different values; `filled` of the first `rows` have one."""

    name: str
    samples: list[str]
    filled: int
    rows: int


class UploadLookOut(Out):
    """The columns of a file, none where its fields are known; the mapping that read them, what to look at in it."""

    mapping: dict[str, Any]
    notes: dict[str, str]
    toml: str
    columns: list[UploadColumn]


class UploadMappingIn(In):
    """Into which source (by id or name; made when missing), and how the file is understood."""

    source: Name
    mapping: dict[str, Any]


class CheckScore(Out):
    """As in the quality index: what was looked at, how much was wrong, the score from 0 to 100."""

    checked: int
    wrong: int
    score: float | None


class CheckCause(Out):
    """Why it is not 100, and how often."""

    dimension: Dimension
    cause: str = Field(examples=["impossible"])
    event: str
    property: str
    found: int


class CheckFigures(Out):
    """What the first rows of a file would become; `whole`: these are all. `rows` = `sent` + `rejected`.

    Of what is sent, so much would be stored, wait in quarantine, be a repeat, or be refused for lack of consent.
    """

    rows: int
    sent: int
    rejected: int
    reasons: dict[str, int] = Field(examples=[{"bad_time": 3}])
    whole: bool
    stored: int
    quarantined: int
    duplicate: int
    refused: int
    index: float | None
    dimensions: dict[Dimension, CheckScore]
    causes: list[CheckCause]


class CheckCauseShown(CheckCause):
    """The same with the row it was found in last, and the message that this row became."""

    row: int | None
    message: Any


class CheckReject(Out):
    """A row that cannot be a message: its number, why, and its cells."""

    number: int
    reason: str
    detail: str
    cells: dict[str, str | None]


class FileCheckOut(CheckFigures):
    """The same with examples."""

    causes: list[CheckCauseShown]  # type: ignore[assignment]
    rejects: list[CheckReject]
