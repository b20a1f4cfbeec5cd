"""The shapes of tags and segments on the wire. A definition travels as its document: docs/rules.md, `Definitions`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Body, Path
from pydantic import Field

from zuji.api.wire import In, Out
from zuji.api.wire_questions import TICKET, PersonOut

Key = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,63}$", examples=["cart_abandoned"])]
State = Literal["draft", "published", "ended"]
TAG: dict[str, Any] = {
    "key": "cart_abandoned",
    "name": {"en": "Cart abandoned", "zh": "购物车遗弃"},
    "family": "demand_intent",
    "rule": {
        "when": {
            "sequence": [{"event": "Product Added"}],
            "without": {"event": "Order Completed"},
            "within": {"amount": 1, "unit": "hour"},
            "window": {"last": {"amount": 7, "unit": "day"}},
        }
    },
}
SEGMENT: dict[str, Any] = {
    "key": "cart_to_win_back",
    "name": {"en": "Carts to win back", "zh": "购物车挽回"},
    "rule": {"when": {"all": [{"tag": "cart_abandoned", "op": "is_set"}, {"identifier": "phone", "op": "is_set"}]}},
}
TagDocument = Annotated[dict[str, Any], Body(examples=[TAG], description="The tag; see docs/rules.md, `Definitions`.")]
SegmentDocument = Annotated[
    dict[str, Any], Body(examples=[SEGMENT], description="The segment; see docs/rules.md, `Definitions`.")
]


class Words(Out):
    """A text in both languages."""

    en: str
    zh: str


class DefinitionOut(Out):
    """A tag or segment. `document` is as it is written now; `changed`: it is not what is published.

    `version`: the one that holds, null when none does. `sentence`: what the written rule says, null where there is no
    rule. `people`: how many have the tag, or are in the segment, now.
    """

    key: str
    document: dict[str, Any]
    sentence: Words | None
    value_type: str
    state: State
    version: int | None
    changed: bool
    people: int
    created_at: str
    updated_at: str
    updated_by: str


class TagList(Out):
    """The tags of a workspace, by key."""

    tags: list[DefinitionOut]


class SegmentList(Out):
    """The segments of a workspace, by key."""

    segments: list[DefinitionOut]


class VersionOut(Out):
    """A version as it was published; a document of null ended all before it."""

    version: int
    at: str
    by: str
    document: dict[str, Any] | None
    sentence: Words | None


class VersionList(Out):
    """Every version, newest first."""

    versions: list[VersionOut]


class PublishIn(In):
    """How to publish. With `announce` subscribers are told of everybody whom it changes; usually that is silent."""

    announce: bool = False


class PreviewIn(In):
    """What to look at before it is published: the document of a definition, as it would be written."""

    definition: dict[str, Any] = Field(examples=[TAG])
    at: str | None = Field(default=None, max_length=40, description="As of this moment; now when it is left out.")
    ticket: str = TICKET


class PersonWithValue(PersonOut):
    """Somebody, with the value they would have."""

    value: Any


class ValueCount(Out):
    """A value, and how many people would have it."""

    value: Any
    people: int


class ComparedOut(Out):
    """Against what is published: who would come, who would go, how many would have another value."""

    enter: int
    leave: int
    change: int
    entering: list[PersonOut]
    leaving: list[PersonOut]


class PreviewOut(Out):
    """What a definition would do. `of`: everybody whom rules are asked of; `month_ago`: how many 30 days before."""

    sentence: Words | None
    value_type: str
    at: str
    people: int
    of: int
    share: float
    month_ago: int
    sample: list[PersonWithValue]
    values: list[ValueCount] = Field(description="The most frequent values, at most 50; of lists, the texts in them.")
    compared: ComparedOut | None = Field(description="Null where nothing is published under this key.")


class SegmentCount(Out):
    """How many are in a segment at a moment."""

    at: str
    count: int


class SegmentPeople(SegmentCount):
    """The people of a segment at a moment, by id; who they are is told as of now."""

    people: list[PersonOut]
    next: str | None = Field(default=None, description="Where the next page starts; null on the last one.")


class SegmentHistory(Out):
    """How many were in a segment at the end of each day, the newest being now."""

    days: list[SegmentCount]


class OverlapIn(In):
    """The segments to lay over one another, by key."""

    segments: list[str] = Field(min_length=1, max_length=50, examples=[["cart_to_win_back", "best_customers"]])
    ticket: str = TICKET


class OverlapPart(Out):
    """Those who are in exactly these segments, and in no other of those laid over one another."""

    segments: list[str]
    count: int


class OverlapOut(Out):
    """What segments have in common. `together[i][j]`: how many are in both; on the diagonal, in the segment itself."""

    segments: list[str]
    together: list[list[int]]
    in_all: int
    in_any: int
    only: list[int] = Field(description="How many are in this segment and in no other of these.")
    parts: list[OverlapPart] = Field(
        description="Everybody divided by which of these they are in, the largest part first. Empty for more than six."
    )


class OverlapPeopleIn(In):
    """Who is in all of `within` and in no other of `segments`, by key."""

    segments: list[str] = Field(min_length=1, max_length=6, examples=[["cart_to_win_back", "best_customers"]])
    within: list[str] = Field(min_length=1, max_length=6, examples=[["best_customers"]])
    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(None, pattern=r"^[0-9]{1,18}$", description="`next` of the page before.")
    ticket: str = TICKET
