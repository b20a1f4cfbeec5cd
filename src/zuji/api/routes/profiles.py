"""Profiles: one customer with all identifiers and traits, their timeline, and all of them in pages."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from zuji.api.cursors import read_cursor
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.identifiers import parse_identifier
from zuji.api.people import owned_by, profile_of
from zuji.api.ports import ports_of
from zuji.api.questions import questions_of
from zuji.api.event_pages import page_of_events
from zuji.api.wire import Cursor, EventPage, IdentifierShape, In, Out, iso
from zuji.govern.masking import mask_identifier, mask_value
from zuji.identify.profile import Profile, page_of_profiles
from zuji.store.event_queries import EventFilter
from zuji.terms.error import NotFound
from zuji.terms.identifier import Identifier

router = APIRouter(tags=["profiles"], route_class=GuardedRoute)


class HeldIdentifier(IdentifierShape):
    """An identifier of a profile."""

    first_seen: str
    last_seen: str | None = None


class TraitOut(Out):
    """A trait with where it comes from."""

    value: Any
    source: str
    key: str
    at: str
    event_id: str
    identifier: IdentifierShape


class ProfileOut(Out):
    """One customer as they are now."""

    id: int
    former_ids: list[int] = Field(description="Ids of profiles that were merged into this one; they resolve to it.")
    identified: bool
    identifiers: list[HeldIdentifier]
    traits: dict[str, Any]
    trait_details: dict[str, TraitOut]


class ListedProfile(Out):
    """A profile in a list."""

    id: int
    identified: bool
    identifiers: list[IdentifierShape]


class ProfilePage(Out):
    """Profiles in the order in which they were founded."""

    profiles: list[ListedProfile]
    next: Cursor = None


class LookupIn(In):
    """The identifiers to look up."""

    identifiers: list[IdentifierShape] = Field(min_length=1, max_length=100)


class LookupOut(Out):
    """The profile of each identifier, in the order asked; null where nobody has it."""

    profiles: list[ProfileOut | None]
