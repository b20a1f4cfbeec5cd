"""The shapes of changes of tags and segments, and of the subscriptions to them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from zuji.api.wire import In, Name, Out

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
IdentifierType = Annotated[str, Field(min_length=1, max_length=100)]


class ChangeOut(Out):
    """A tag or segment of somebody changed. `latency_ms`: from the receipt of its cause until it could be read."""

    number: int
    person: int
    kind: Literal["tag", "segment"]
    key: str
    old: Any
    new: Any
    cause: str
    event_id: str | None
    at: int = Field(description="The moment as of which it holds, in milliseconds since 1970.")
    latency_ms: int | None


class ChangePage(Out):
    """Changes in order. `next`: pass it as `after` for what follows."""

    changes: list[ChangeOut]
    next: int


class SubscriptionIn(In):
    """Who is to be told of which changes."""

    name: Name
    url: str = Field(max_length=2_000, examples=["https://crm.example.com/zuji"])
    tags: list[Key] | None = Field(None, max_length=500, description="Keys of tags; null for all.")
    segments: list[Key] | None = Field(None, max_length=500, description="Keys of segments; null for all.")
    identifiers: list[IdentifierType] = Field(
        default=[], max_length=20, description="Types of identifiers that are sent with a person; none unless named."
    )
    per_minute: int = Field(600, ge=1, le=6_000, description="At most so many requests a minute.")
    from_start: bool = Field(False, description="Begin with the oldest change that is kept, not with the next one.")


class SubscriptionChange(In):
    """What of a subscription is to change."""

    name: Name | None = None
    url: str | None = Field(None, max_length=2_000)
    per_minute: int | None = Field(None, ge=1, le=6_000)
    state: Literal["active", "paused"] | None = None


class SubscriptionOut(Out):
    """A subscription and how it stands. `waiting`: how many numbers its position is behind the newest change."""

    id: str
    name: str
    url: str
    tags: list[str] | None
    segments: list[str] | None
    identifiers: list[str]
    per_minute: int
    state: Literal["active", "paused"]
    position: int
    waiting: int
    attempts: int
    failing_since: str | None
    next_at: str | None
    delivered_at: str | None
    problem: str
    created_by: str
    created_at: str


class SubscriptionMade(SubscriptionOut):
    """A new subscription. The secret that signs its deliveries is shown this once."""

    secret: str


class SubscriptionList(Out):
    """The subscriptions of a workspace, oldest first."""

    subscriptions: list[SubscriptionOut]


class DeadLetterOut(Out):
    """A delivery that was given up, as it was sent."""

    id: int
    first: int
    last: int
    changes: int
    problem: str
    given_up_at: str
    body: Any


class DeadLetterList(Out):
    """What a receiver did not take, oldest first."""

    dead_letters: list[DeadLetterOut]


class TriedOut(Out):
    """What a receiver answered to a delivery that was sent by hand."""

    delivered: bool
    answer: str
