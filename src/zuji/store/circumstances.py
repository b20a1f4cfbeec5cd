"""What a question or a rule takes from where it is asked."""

from __future__ import annotations

from typing import Protocol

from zuji.store.people import PersonOfEvent
from zuji.terms.period import Calendar


class Circumstances(Protocol):
    """Whose events, by which clock. A settled question is one; so is a rule that is asked of history."""

    @property
    def workspace(self) -> str:
        """The workspace asked."""

    @property
    def whose(self) -> PersonOfEvent:
        """Who is whom."""

    @property
    def calendar(self) -> Calendar:
        """How days and weeks are counted there."""

    @property
    def now_ms(self) -> int:
        """The moment that relative times count from."""

    @property
    def bad_patterns(self) -> frozenset[str]:
        """The regular expressions that RE2 does not take: they match nothing."""
