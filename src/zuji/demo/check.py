"""How much of the truth a server has recovered, against bars.

A wrong merge is never excused. The other bars leave room for what no rule can know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Protocol, TypeVar

import polars as pl

from zuji.demo.compare import (
    EventsFound,
    PeopleFound,
    StoredEvent,
    StoredProfile,
    compare_events,
    compare_people,
)
from zuji.demo.options import DAY_MS
from zuji.demo.progress import Progress, Stage, Tell, silently
from zuji.demo.truth import Truth

T = TypeVar("T")

MOST_EVENTS = 400_000
"""Beyond that, whole days are drawn by lot and only they are compared."""
EDGE_MS = 10_000
"""Events so near the edge of a stretch may honestly be stored just outside of it."""


class Asked(Protocol):
    """What the check needs to know from a server."""

    def profiles(self) -> Iterator[StoredProfile]:
        """Every profile."""

    def events(self, from_ms: int, to_ms: int) -> Iterator[StoredEvent]:
        """Every event that occurred in [from, to)."""

    def quarantined(self) -> dict[str, int]:
        """How many events wait, per reason."""

    def wait_until_fresh(self) -> None:
        """Until everything acknowledged can be asked about."""


@dataclass(frozen=True, slots=True)
class Score:
    """One line of the report. `share` is a part of 1, or None where only a count makes sense."""

    name: str
    count: int
    of: int
    bar: str
    passed: bool
    note: str = ""

    @property
    def share(self) -> float | None:
        """The part, exactly; None of nothing."""
        return self.count / self.of if self.of else None

    def __str__(self) -> str:
        share = f"{100 * self.share:.2f} %" if self.share is not None else "-"
        note = f"  {self.note}" if self.note else ""
        verdict = "ok " if self.passed else "BAD"
        return f"{verdict} {self.name}: {share} ({self.count:,} of {self.of:,}), bar {self.bar}{note}"


@dataclass(frozen=True, slots=True)
class Report:
    """All scores. The exit code of `zuji demo --check` is 0 only when every one has passed."""

    scores: tuple[Score, ...]

    @property
    def passed(self) -> bool:
        """Whether every bar was met."""
        return all(score.passed for score in self.scores)

    def lines(self) -> list[str]:
        """The report in words."""
        return [str(score) for score in self.scores]


def check_world(truth: Truth, api: Asked, *, tell: Tell = silently) -> Report:
    """Ask for everything, compare, and judge."""
    api.wait_until_fresh()
    people = compare_people(truth.identifiers, _counting(api.profiles(), "checking_people", tell))
    stretches = choose_stretches(truth)
    stored = _counting(_events_of(api, stretches), "checking_events", tell)
    events = compare_events(_within(truth.events, stretches), stored)
    return judge(people, events, expected_bad=_reasons(truth.events), quarantined=api.quarantined())


def judge(
    people: PeopleFound, events: EventsFound, *, expected_bad: dict[str, int], quarantined: dict[str, int]
) -> Report:
    """The scores with their bars. A score out of nothing (a world without robots, say) passes."""
    bad = sum(expected_bad.values())
    set_aside = sum(min(count, quarantined.get(reason, 0)) for reason, count in expected_bad.items())
    wrong = people.wrong + events.wrong
    removed = events.extra_copies - events.extra_stored
    return Report(
        (
            _at_least("linkable pairs found", people.found, people.pairs, 0.95),
            Score("wrong merges", wrong, 0, "0", wrong == 0, f"profile {people.example}" if people.example else ""),
            _at_least("duplicates removed", removed, events.extra_copies, 0.98),
            _at_least("robots caught", events.robots_flagged, events.robots, 0.98),
            _at_most("people called robots", events.people_flagged, events.people, 0.005),
            _at_least("events stored", events.present, events.events, 0.9999),
            _at_least("stored values equal to the truth", events.equal, events.present, 0.999, events.differing),
            _at_least("bad rows set aside", max(0, set_aside - events.bad_stored), bad, 0.99),
        )
    )


def _at_least(name: str, count: int, of: int, bar: float, note: str = "") -> Score:
    return Score(name, count, of, f">= {100 * bar:g} %", not of or count / of >= bar, note)


def _at_most(name: str, count: int, of: int, bar: float) -> Score:
    return Score(name, count, of, f"<= {100 * bar:g} %", not of or count / of <= bar)


Stretch = tuple[int, int]
"""From and to, in milliseconds since 1970."""


def choose_stretches(truth: Truth, *, most_events: int = MOST_EVENTS) -> list[Stretch]:
    """The stretches of time to compare: everything, or days drawn by the seed until there are events enough."""
    options = truth.options
    if truth.events.height <= most_events:
        return [(options.first_midnight_ms - DAY_MS, options.end_ms + DAY_MS)]
    days = list(range(options.days))
    Random(options.seed).shuffle(days)
    enough = max(1, options.days * most_events // truth.events.height)
    return [(options.midnight(day), options.midnight(day + 1)) for day in sorted(days[:enough])]


def _within(events: pl.DataFrame, stretches: list[Stretch]) -> pl.DataFrame:
    inside = pl.any_horizontal(
        pl.col("at").is_between(start + EDGE_MS, end - EDGE_MS, closed="left") for start, end in stretches
    )
    return events.filter(inside)


def _events_of(api: Asked, stretches: list[Stretch]) -> Iterator[StoredEvent]:
    for start, end in stretches:
        yield from api.events(start, end)


def _reasons(events: pl.DataFrame) -> dict[str, int]:
    return dict(events.filter(pl.col("problem") != "").group_by("problem").len().iter_rows())


def _counting(items: Iterable[T], stage: Stage, tell: Tell) -> Iterator[T]:
    for number, item in enumerate(items, start=1):
        if number % 1_000 == 0:
            tell(Progress(stage, number, None))
        yield item
