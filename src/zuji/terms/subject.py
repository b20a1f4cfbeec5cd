"""What one clean event says about who somebody is: handed from `clean` to `identify`."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from zuji.terms.identifier import Identifier
from zuji.terms.message import KeyKind

Rule = Literal["sighting", "together", "identify", "sign_up", "alias", "bind", "unbind", "force_merge"]
"""What an event asserts. `sighting`: nothing beyond its identifiers being seen."""

TraitOperation = Literal["set", "set_once", "add", "append", "unset", "delete"]


class Statement(msgspec.Struct, frozen=True, gc=False):
    """A stated fact about a profile. `delete` forgets all traits and has no name; `unset` has no value."""

    operation: TraitOperation
    name: str = ""
    value: Any = None


class Subject(msgspec.Struct, frozen=True, gc=False):
    """Who one event is about.

    `known`: identifiers of the side that is known, strongest first; for a mere sighting, all of them.
    `anonymous`: identifiers of the side named as anonymous, strongest first. Both are normalised and usable.
    `at` is the corrected event time in milliseconds since 1970; `event_id` the message id as sent.
    `identified` is the user id side's claim: after this event the known side's profile counts as identified.
    """

    workspace: str
    source: str
    key: KeyKind
    at: int
    event_id: str
    rule: Rule
    known: tuple[Identifier, ...] = ()
    anonymous: tuple[Identifier, ...] = ()
    identified: bool = False
    statements: tuple[Statement, ...] = ()
    protocol: str = "segment"

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """All usable identifiers on the event."""
        return self.known + self.anonymous
