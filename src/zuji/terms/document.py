"""The parts that documents are made of: questions, rules, definitions, as people and programs write them in JSON.

A document is a frozen struct; its file names its fields. Unknown fields are refused by name: a misspelt one must not be
ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from zuji.terms.condition import Where, read_where
from zuji.terms.error import BadQuestion
from zuji.terms.period import DAY_MS, HOUR_MS, MINUTE_MS
from zuji.terms.refusal import refusal

Text = Annotated[str, Meta(max_length=10_000)]
Name = Annotated[str, Meta(min_length=1, max_length=1_000)]
Unit = Literal["second", "minute", "hour", "day", "week"]
UNIT_MS: dict[Unit, int] = {
    "second": 1_000,
    "minute": MINUTE_MS,
    "hour": HOUR_MS,
    "day": DAY_MS,
    "week": 7 * DAY_MS,
}
LONGEST_MS = 3_660 * DAY_MS
"""Ten years, the longest window anybody has asked for and the longest we take."""


class Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a question."""


class Duration(Document, frozen=True, kw_only=True):
    """A length of time; a day is 24 hours."""

    amount: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    unit: Unit

    @property
    def milliseconds(self) -> int:
        """The length."""
        return self.amount * UNIT_MS[self.unit]

    def __post_init__(self) -> None:
        if self.milliseconds > LONGEST_MS:
            raise ValueError(f"{self.amount} {self.unit}s are longer than ten years, the longest there is")


class EventMatch(Document, frozen=True, kw_only=True):
    """Which events: by name (null: any) and conditions."""

    event: Text | None = None
    where: Where = msgspec.field(default_factory=Where)


D = TypeVar("D", bound=Struct)


def read_document(kind: type[D], document: Any) -> D:
    """The value of a document; raises BadQuestion naming the field and what is allowed there."""
    if not isinstance(document, Mapping):
        raise BadQuestion(f"a JSON object is expected, got {document!r:.80}.")
    refuse_broken_text(document)
    try:
        return msgspec.convert(document, kind, dec_hook=_decode)
    except (msgspec.ValidationError, ValueError) as error:
        raise BadQuestion(refusal(kind, error)) from error


def refuse_broken_text(document: Any) -> None:
    """Half a pair of UTF-16 is no text: JSON can write it (`"\\ud800"`), but no engine and no answer can hold it."""
    try:
        msgspec.json.encode(document)
    except UnicodeEncodeError as error:
        raise BadQuestion(f"a text has {error.object[error.start]!r}, which is no character of Unicode.") from error
    except RecursionError as error:
        raise BadQuestion("the question is nested too deeply.") from error


def document_of(question: Struct) -> dict[str, Any]:
    """The document of a question, every default written out."""
    document: dict[str, Any] = msgspec.to_builtins(question, enc_hook=_encode)
    return document


def _decode(wanted: type[Any], document: Any) -> Any:
    if wanted is Where:
        return read_where([] if document is None else document)
    raise NotImplementedError(wanted)


def _encode(value: Any) -> Any:
    if isinstance(value, Where):
        return value.document
    raise NotImplementedError(type(value))
