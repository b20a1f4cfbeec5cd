"""Which events a question looks at, and who counts as one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from analyse.reference.condition import Setting, passes, refuse_patterns, value_of
from analyse.reference.dates import Refused, date_at
from analyse.reference.periods import Calendar
from analyse.reference.sessions import Session, sessions_of
from analyse.reference.values import field_of, moment_of, number_of, text_of
from analyse.reference.world import INFERRED, NOBODY, ROBOT, Event, World

Key = Hashable


@dataclass(frozen=True)
class Asked:
    """A question with what every kind understands worked out.

    `start` and `end` are the first and last moment of the range, both in it. `let_in` are the events that the defaults
    let in, `events` those of them that pass the question's own `where` as well, both over all of history and in order.
    """

    question: Mapping[str, Any]
    setting: Setting
    calendar: Calendar
    start: int
    end: int
    let_in: tuple[Event, ...]
    events: tuple[Event, ...]
    sessions: tuple[Session, ...]

    @property
    def now(self) -> int:
        return self.setting.now

    def in_range(self, event: Event) -> bool:
        return self.start <= event.at <= self.end


def settle(world: World, question: Mapping[str, Any], *, date_from: str = "-29d") -> Asked:
    """Work out the range and the events. `date_from` is the kind's default."""
    refuse_patterns(question)
    zone = ZoneInfo(question.get("timezone") or world.timezone)
    calendar = Calendar(zone, question.get("week_start", "monday"))
    now = moment_of(question["now"], zone)
    if now is None:
        raise Refused("no time of asking")
    first, last = question.get("date_from") or date_from, question.get("date_to") or "today"
    start = date_at(first, now=now, zone=zone, week_start=calendar.week_start, end="first")
    end = date_at(last, now=now, zone=zone, week_start=calendar.week_start, end="last")
    if start > end:
        raise Refused("date_from lies after date_to")
    let_in = tuple(sorted(filter_defaults(world.events, question), key=lambda event: (event.at, event.position)))
    sessions = tuple(sessions_of(let_in, question.get("session_gap_minutes", 30) * 60_000))
    session_at = {event.position: session for session in sessions for event in session.events}
    setting = Setting(world.profiles, session_at, zone, now)
    events = tuple(event for event in let_in if passes(event, question.get("where"), setting))
    if not isinstance(question.get("count_by", "user"), str):
        events = tuple(event for event in events if key_by(question["count_by"], event, setting) is not None)
    return Asked(question, setting, calendar, start, end, let_in, events, sessions)


def filter_defaults(events: Iterable[Event], question: Mapping[str, Any]) -> list[Event]:
    """The events that `robots`, `inferred` and `purposes` let in."""
    return [
        event
        for event in events
        if (question.get("robots", "leave_out") == "include" or not event.flags & ROBOT)
        and (question.get("inferred", "include") == "include" or not event.flags & INFERRED)
        and (question.get("purposes", "analytics") == "any" or "analytics" in event.purposes)
    ]


def key_of(asked: Asked, event: Event) -> Key | None:
    """Who did this, by the question's `count_by`: every different key is one "person". None is nobody."""
    return key_by(asked.question.get("count_by", "user"), event, asked.setting)


def key_by(count_by: Any, event: Event, setting: Setting) -> Key | None:
    if count_by == "user":
        return None if event.person == NOBODY else event.person
    if count_by == "session":
        session = setting.sessions.get(event.position)
        return session.first.position if session else None
    if count_by == "event":
        return event.position
    return text_of(value_of(event, count_by["property"], count_by.get("scope", "event"), setting)) or None


def is_match(asked: Asked, event: Event, wanted: Mapping[str, Any]) -> bool:
    """Whether this is such an event: `wanted` has `event` (None: any) and `where`."""
    named = wanted.get("event") is None or event.event == wanted["event"]
    return named and passes(event, wanted.get("where"), asked.setting)


def matching(asked: Asked, wanted: Mapping[str, Any]) -> list[Event]:
    """All such events of history, in order."""
    return [event for event in asked.events if is_match(asked, event, wanted)]


def by_key(asked: Asked, events: Iterable[Event]) -> dict[Key, list[Event]]:
    """The events of every "person", in order; what belongs to nobody is left out."""
    found: dict[Key, list[Event]] = {}
    for event in events:
        key = key_of(asked, event)
        if key is not None:
            found.setdefault(key, []).append(event)
    return found


def numbers_of(asked: Asked, events: Iterable[Event], name: str) -> list[float]:
    """The numbers of a property of the events; those without one are left out."""
    found = [number_of(value_of(event, name, "event", asked.setting)) for event in events]
    return [number for number in found if number is not None]


def refuse_mixed_money(asked: Asked, events: Iterable[Event], name: str) -> None:
    """Amounts of several currencies must not be added up."""
    if name not in ("amount", "$amount"):
        return
    with_number = [event for event in events if numbers_of(asked, [event], name)]
    currencies = {field_of(event, "currency") for event in with_number} - {None}
    if len(currencies) > 1:
        raise Refused(f"more than one currency: {sorted(currencies)}")
