"""The figures of a person: the states of everything that is theirs, read together as of a moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from zuji.tag.moment import Place
from zuji.tag.person_facts import NOTHING_KNOWN, PersonFacts
from zuji.tag.state import Slots, State


class Figures(msgspec.Struct, gc=False):
    """What a person's states hold, and what was worked out from them so far.

    Nothing is added up before a rule asks for it: most rules are settled by few of their figures.
    """

    states: list[State]
    parts: list[Slots]
    """What each state holds."""
    t: int
    places: list[Place]
    waits_until: int
    """When the first event is due whose time has not come."""
    person: PersonFacts = NOTHING_KNOWN
    known: dict[int, tuple[Any, int]] = msgspec.field(default_factory=dict)
    """Measures and sequences, by number."""
    given: dict[tuple[str, str], tuple[Any, int]] = msgspec.field(default_factory=dict)
    """(kind, key) -> the value that a rule gives which others name, and until when."""
    before: Mapping[Any, Any] = msgspec.field(default_factory=dict)
    """(kind, key) -> the value of rules that need not be asked again."""

    @property
    def is_seen(self) -> bool:
        """Whether rules have looked at an event of this person, so that they are asked."""
        return True in [state.is_seen for state in self.states]
