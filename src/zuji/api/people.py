"""From what a caller writes to the people it means, and from people to the events that are theirs."""

from __future__ import annotations

from zuji.api.guard import Caller
from zuji.api.identifiers import PROFILE
from zuji.api.wire import IdentifierShape
from zuji.clean.identifiers import normalised
from zuji.govern.masking import mask_identifier
from zuji.identify.profile import Profile, anchors_of, find, is_known, profile
from zuji.store.event_queries import Owned
from zuji.store.hot import HotStore
from zuji.terms.error import BadRequest
from zuji.terms.identifier import Identifier

REGION = "CN"
"""Where a phone number without a country code is taken to be from, as sources do unless they say otherwise."""

_RESHAPED = ("phone", "email")
"""Types whose stored form may differ from what people write."""


def profile_of(hot: HotStore, workspace: str, named: Identifier) -> Profile | None:
    """The profile of an identifier as a person writes it, or of a profile id; None when nobody has it."""
    if named.type == PROFILE:
        return profile(hot, workspace, _number(named.value))
    return profile(hot, workspace, in_usual_form(hot, workspace, named))


def in_usual_form(hot: HotStore, workspace: str, named: Identifier) -> Identifier:
    """The identifier as it is stored: as written when somebody has that, else as cleaning would write it."""
    if is_known(hot, workspace, named):
        return named
    usual, problem = normalised(named.type, named.value, REGION)
    return named if problem else usual


def identifier_out(identifier: Identifier, caller: Caller) -> IdentifierShape:
    """An identifier as this caller may see it."""
    value = identifier.value if caller.sees_personal else mask_identifier(identifier.type, identifier.value)
    return IdentifierShape(type=identifier.type, value=value)


def owned_by_user(hot: HotStore, workspace: str, value: str) -> list[Owned]:
    """What the people own who have this value as an identifier of any type. Nobody has it: nothing."""
    people: dict[int, Profile] = {}
    for identifier in _meant(hot, workspace, value):
        found = profile(hot, workspace, identifier)
        if found is not None:
            people[found.id] = found
    return [owned for one in people.values() for owned in owned_by(one)]


def owned_by(person: Profile) -> list[Owned]:
    """The anchors of a profile, each with the stretch of time in which it belonged to it."""
    return [Owned(anchor, from_ms, to_ms) for anchor, from_ms, to_ms in anchors_of(person)]


def _meant(hot: HotStore, workspace: str, value: str) -> list[Identifier]:
    written = dict.fromkeys([value, *(normalised(kind, value, REGION)[0].value for kind in _RESHAPED)])
    return [identifier for text in written for identifier in find(hot, workspace, text)]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadRequest(f"a profile id is a number, got {text[:50]!r}.")
    return int(text)
