"""The figures of a person: the states of everything that is theirs, read together as of a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zuji.tag.moment import Place
from zuji.tag.person_facts import NOTHING_KNOWN, PersonFacts
from zuji.tag.state import Slots


@dataclass(slots=True)
class Figures:
    """What a person's states hold, and what was worked out from them so far.

    Nothing is added up before a rule asks for it: most rules are settled by few of their figures.
    """

    parts: list[Slots]
    anchors: list[int]
    """Of each part: whose events it holds."""
    is_seen: bool
    t: int
    places: list[Place]
    waits_until: int
    """When the first event is due whose time has not come."""
    person: PersonFacts = NOTHING_KNOWN
    known: dict[int, tuple[Any, int]] = field(default_factory=dict)
    """Measures and sequences, by number."""
    given: dict[tuple[str, str], tuple[Any, int]] = field(default_factory=dict)
    """(kind, key) -> the value that the rules give, and until when."""
    before: Mapping[Any, Any] = field(default_factory=dict)
    """(kind, key) -> the value of rules that need not be asked again."""
