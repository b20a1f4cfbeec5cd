"""Sessions: what one anchor did without a long pause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from analyse.reference.values import field_of
from analyse.reference.world import Event

PAGES = ("page", "screen")


@dataclass(frozen=True)
class Session:
    """The events of one visit, in order."""

    events: tuple[Event, ...]

    @property
    def first(self) -> Event:
        return self.events[0]

    @property
    def seconds(self) -> float:
        return (self.events[-1].at - self.first.at) / 1000

    @property
    def pages(self) -> int:
        return sum(event.type in PAGES for event in self.events)

    @property
    def paths(self) -> list[str]:
        """The `$url_path` of every event that has one."""
        return [field_of(event, "url_path") for event in self.events if field_of(event, "url_path") is not None]

    def property_of(self, name: str) -> Any:
        """What conditions of scope session may ask for."""
        if name == "entry_page":
            return self.paths[0] if self.paths else None
        if name == "exit_page":
            return self.paths[-1] if self.paths else None
        return {
            "duration_seconds": self.seconds,
            "events": len(self.events),
            "pages": self.pages,
            "bounced": len(self.events) == 1,
        }.get(name)


def sessions_of(events: Iterable[Event], gap_ms: int) -> list[Session]:
    """Cut the events of every anchor where the pause is longer than the gap. Without an anchor there is no session."""
    by_anchor: dict[int, list[list[Event]]] = {}
    for event in sorted(events, key=lambda event: (event.at, event.position)):
        if event.anchor == 0:
            continue
        visits = by_anchor.setdefault(event.anchor, [])
        if not visits or event.at - visits[-1][-1].at > gap_ms:
            visits.append([])
        visits[-1].append(event)
    return [Session(tuple(visit)) for visits in by_anchor.values() for visit in visits]
