"""What a profile holds beside who it is: consent, and what happened lately. Both come from hot state alone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Literal, get_args

from fastapi import Query
from pydantic import Field

from zuji.api.guard import Caller
from zuji.api.wire import Out, iso
from zuji.govern.consents_kept import consent_now
from zuji.govern.masking import mask_text
from zuji.identify.profile import Profile, anchors_of
from zuji.store import recent_events
from zuji.store.hot import HotTransaction

Part = Literal["consent", "events"]
PARTS: tuple[Part, ...] = get_args(Part)
USUAL: tuple[Part, ...] = ("consent",)
AS_USUAL = ",".join(USUAL)

Include = Annotated[
    str,
    Query(
        pattern=r"^((consent|events)(,(consent|events))*)?$",
        description="What to add, divided by commas: `consent`, `events` (the 20 newest ones). Empty: neither.",
    ),
]
IncludeList = Annotated[
    tuple[Part, ...], Field(max_length=2, description="What to add: `consent`, `events` (the 20 newest ones).")
]


class ConsentOut(Out):
    """The answer for one purpose. Since when, and the source and event that said so; null where nobody ever refused."""

    granted: bool
    since: str | None = None
    source: str | None = None
    event_id: str | None = None


class RecentEvent(Out):
    """An event in short; the timeline tells all of it."""

    event_id: str
    type: str
    event: str
    occurred_at: str
    source: str
    product_id: str | None = None
    amount: str | None = None
    currency: str | None = None
    path: str | None = Field(None, description="Of the page it happened on.")


def parts_in(include: str) -> list[Part]:
    """What a query names.

    >>> parts_in("events,consent")
    ['consent', 'events']
    """
    named = include.split(",")
    return [part for part in PARTS if part in named]


def added(connection: HotTransaction, person: Profile, include: Collection[Part], caller: Caller) -> dict[str, Any]:
    """The parts of a profile that were asked for, by the names of their fields."""
    parts: dict[str, Any] = {}
    if "consent" in include:
        answers = consent_now(connection, anchors_of(person))
        parts["consent"] = {
            purpose: ConsentOut(
                granted=one.granted,
                since=None if one.since_ms is None else iso(one.since_ms),
                source=one.source,
                event_id=one.event_id,
            )
            for purpose, one in answers.items()
        }
    if "events" in include:
        newest = recent_events.newest(connection, anchors_of(person))
        parts["events"] = [_recent(event, caller) for event in newest]
    return parts


def _recent(event: dict[str, Any], caller: Caller) -> RecentEvent:
    path, product = event["url_path"] or None, event["product_id"] or None
    return RecentEvent(
        event_id=event["event_id"],
        type=event["type"],
        event=event["event"],
        occurred_at=iso(event["occurred_at"]),
        source=event["source"],
        product_id=product if product is None or caller.sees_personal else mask_text(product),
        amount=None if event["amount"] is None else str(event["amount"]),
        currency=event["currency"] or None,
        path=path if path is None or caller.sees_personal else mask_text(path),
    )
