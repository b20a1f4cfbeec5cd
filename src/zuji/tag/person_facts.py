"""What rules know of a person beside events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Somebody as known now.

    `tags` and `segments` are those that no live rule gives: imported, manual and batch tags, and the segments that are
    lists, saved people or batch rules and that the person is in.
    """

    traits: Mapping[str, Any] = field(default_factory=dict)
    identifiers: tuple[tuple[str, str], ...] = ()
    tags: Mapping[str, Any] = field(default_factory=dict)
    segments: frozenset[str] = frozenset()


NOTHING_KNOWN = PersonFacts()
