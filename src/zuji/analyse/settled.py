"""A settled question: dates made moments, every default filled in, the people fixed. From here on all is decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, Generic
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from zuji.analyse.question import Breakdown, Q, Question
from zuji.analyse.visual_events import LookUp, Pinned, pinned
from zuji.store.people import PersonOfEvent
from zuji.terms.condition import All, AnyOf, Leaf, Node, Not, Where
from zuji.terms.dates import Span, read_instant, span_of, written
from zuji.terms.error import BadQuestion
from zuji.terms.period import Calendar, Interval, Periods, labels

OF_TAGS = ("tag", "segment")
"""The scopes of what is said about people by rules."""
MOST_COMPARISONS = 2_000
"""Of one question, all conditions together: each costs the engine about two milliseconds before it reads anything."""


@dataclass(frozen=True, slots=True)
class TagsNow:
    """What questions know of tags and segments: which there are, as (kind, key), and as of when they are known."""

    defined: Callable[[str], frozenset[tuple[str, str]]]
    as_of_ms: Callable[[], int | None]


NO_TAGS = TagsNow(lambda _: frozenset(), lambda: None)


def no_visual_events(workspace: str, name: str) -> Pinned:
    """Where nobody has pointed at anything."""
    raise BadQuestion(f"there is no visual event {name!r:.100} in the workspace {workspace}.")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a question takes from where it is asked."""

    workspace: str
    whose: PersonOfEvent
    now_ms: int
    timezone: str = "Asia/Shanghai"
    is_pattern: Callable[[str], bool] = lambda _: True
    """Whether RE2 takes this pattern."""
    tags: TagsNow = NO_TAGS
    visual: LookUp = no_visual_events


@dataclass(frozen=True, slots=True)
class Settled(Generic[Q]):
    """A question with nothing left open. `span` is the range of the question, its end excluded."""

    question: Q
    calendar: Calendar
    span: Span
    now_ms: int
    workspace: str
    whose: PersonOfEvent
    bad_patterns: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    visual: Mapping[str, Where] = field(default_factory=dict)
    """What the names of visual events in the question stand for."""

    def periods(self, interval: Interval) -> Periods:
        """The periods that the range touches."""
        return Periods(interval, self.calendar.starts(interval, self.span.from_ms, self.span.to_ms))

    def partial(self, periods: Periods) -> list[bool]:
        """Which of them are cut by the range or not over yet."""
        return periods.partial(from_ms=self.span.from_ms, to_ms=self.span.to_ms, now_ms=self.now_ms)

    def begun_with(self, interval: Interval) -> Settled[Q]:
        """The same question, its range begun at the start of its first period."""
        start = self.calendar.start(interval, self.span.from_ms)
        return replace(self, span=Span(start, self.span.to_ms))

    def noted(self, *sentences: str) -> Settled[Q]:
        """The same question, with more said about it."""
        return replace(self, notes=self.notes + sentences)


def settle(question: Q, around: Surroundings, *, first_day: str = "-29d", open_start: str | None = None) -> Settled[Q]:
    """Settle what all kinds share. `first_day`: the range's start where the question names none.

    With `open_start` a missing `date_from` stays open (it means something to the kind); the span then begins there.
    """
    _refuse_too_many_comparisons(question)
    question, visual = pinned(question, partial(around.visual, around.workspace))
    tags = _refuse_unknown_tags(question, around)
    calendar = Calendar(_zone(question.timezone or around.timezone), question.week_start)
    now_ms = _now(question.now, around.now_ms, calendar)
    date_from, date_to = question.date_from or open_start or first_day, question.date_to or "today"
    span = span_of(date_from, date_to, now_ms=now_ms, calendar=calendar)
    resolved = msgspec.structs.replace(
        question,
        date_from=None if open_start and not question.date_from else _absolute(date_from, span.from_ms, calendar),
        date_to=_absolute(date_to, span.to_ms - 1, calendar),
        now=written(now_ms, calendar),
        timezone=calendar.zone.key,
    )
    bad = frozenset(pattern for pattern in _patterns(resolved) if not around.is_pattern(pattern))
    notes = tuple(_notes(resolved, bad)) + tags
    return Settled(resolved, calendar, span, now_ms, around.workspace, around.whose, bad, notes, visual)


def periods_out(settled: Settled[Any], periods: Periods) -> list[dict[str, Any]]:
    """The periods as an answer writes them: {"start", "partial"}."""
    starts = labels(settled.calendar, periods.interval, periods.starts)
    partial = settled.partial(periods)
    return [{"start": start, "partial": cut} for start, cut in zip(starts, partial, strict=True)]


def wheres(value: object) -> list[Where]:
    """Every condition of a question, however deep."""
    if isinstance(value, Where):
        return [value]
    if isinstance(value, msgspec.Struct):
        return [where for name in value.__struct_fields__ for where in wheres(getattr(value, name))]
    return [where for part in value for where in wheres(part)] if isinstance(value, tuple | list) else []


def _refuse_too_many_comparisons(question: Question) -> None:
    count = sum(1 for where in wheres(question) for _ in where.leaves())
    if count > MOST_COMPARISONS:
        raise BadQuestion(
            f"where: the question has {count} comparisons in all, more than {MOST_COMPARISONS}. "
            "Use a list as value, or fewer series or steps."
        )


def _refuse_unknown_tags(question: Question, around: Surroundings) -> tuple[str, ...]:
    """Tags and segments must be there; a sentence about how new they are, where any is asked for."""
    asked = {
        (leaf.scope, str(leaf.value if leaf.scope == "segment" else leaf.property))
        for where in wheres(question)
        for leaf in where.leaves()
        if leaf.scope in OF_TAGS
    }
    breakdown: Breakdown | None = getattr(question, "breakdown", None)
    if breakdown is not None and breakdown.scope in OF_TAGS:
        asked |= {(breakdown.scope, name) for name in breakdown.names()}
    if not asked:
        return ()
    for kind, key in sorted(asked - around.tags.defined(around.workspace)):
        raise BadQuestion(f"there is no {kind} {key!r:.80} in this workspace. Publish it, or ask for one there is.")
    as_of = around.tags.as_of_ms()
    if as_of is None:
        return ("The values of tags are still being copied: some may be missing.",)
    return (f"Tags and segments have everything up to {written(as_of, Calendar(_zone(around.timezone)))}.",)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadQuestion(
            f"timezone: {name!r:.80} is no time zone. Write Asia/Shanghai, Europe/Berlin, UTC."
        ) from error


def _now(text: str | None, clock_ms: int, calendar: Calendar) -> int:
    if text is None:
        return clock_ms
    at = read_instant(text, calendar=calendar)
    if at is None:
        raise BadQuestion(f"now: {text!r:.80} is no moment. Write 2026-03-01T10:30:00+08:00.")
    return at


def _absolute(text: str, at: int, calendar: Calendar) -> str:
    """A date in a form that means the same tomorrow: days stay days."""
    is_day = len(text) == 10 and text[4] == "-"
    relative_day = not is_day and not text.endswith(("h", "min")) and text[:1] in "-tydwmq" and "T" not in text
    return calendar.local(at).date().isoformat() if is_day or relative_day else written(at, calendar)


def _patterns(question: Question) -> set[str]:
    return {leaf.value for where in wheres(question) for leaf in where.leaves() if leaf.op in ("regex", "not_regex")}


def _notes(question: Question, bad: frozenset[str]) -> list[str]:
    for where in wheres(question):
        _refuse_below_not(where.node, bad, below=False)
    said = [f"{pattern!r} is no regular expression (RE2), so it matches nothing." for pattern in sorted(bad)]
    if question.robots == "leave_out":
        said.append("Robots are left out.")
    if question.purposes == "analytics":
        said.append("Events that may not be used for analytics are left out.")
    said.append(
        "Inferred events are left out." if question.inferred == "leave_out" else "Inferred events are included."
    )
    if any(leaf.scope in ("profile", "tag", "segment") for where in wheres(question) for leaf in where.leaves()):
        said.append("Profiles, tags and segments are taken as they are now.")
    return said


def _refuse_below_not(node: Node, bad: frozenset[str], *, below: bool) -> None:
    match node:
        case Leaf(op="regex" | "not_regex", value=pattern) if below and pattern in bad:
            raise BadQuestion(f"where: {pattern!r:.80} is no regular expression (RE2), and its opposite is unclear.")
        case All(parts) | AnyOf(parts):
            for part in parts:
                _refuse_below_not(part, bad, below=below)
        case Not(part):
            _refuse_below_not(part, bad, below=True)
        case _:
            pass
