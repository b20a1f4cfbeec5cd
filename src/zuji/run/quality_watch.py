"""Watches the index of each source: when it falls, that is an alarm within a minute, with the worst offender.

The figures are those that batches write by day. What came in during the last minutes is the difference to what they
were some minutes ago, which is remembered here: nothing is written for it, and after a start the minutes begin anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from zuji.clean.policies import Compiled, PolicySource
from zuji.clean.quality_changes import Rates, most_risen, rates
from zuji.clean.quality_fall import Fall, Figures, Scores, fall_of, is_enough, usual_scores
from zuji.clean.quality_policy import USUAL_QUALITY, QualityPolicy, read_quality
from zuji.run.batch import SourceOf
from zuji.run.lookout import Lookout
from zuji.store import accounting, quality
from zuji.store.hot import HotStore, HotTransaction
from zuji.store.quality import DAY_MS, CauseFound, Of
from zuji.terms.alarm import Alarm

LOOK_EVERY_MS = 5_000
KEEP_EVERY_MS = 30_000
WINDOWS_MS = (120_000, 600_000)
"""The first in which enough came in is looked at; where that is none, the whole day."""
LEARN_EVERY_MS = 3_600_000
MOST_CAUSES = 500

Place = tuple[str, str]
Sums = Mapping[tuple[int, str], tuple[int, int]]
"""Checked and wrong by day and dimension."""


class Snapshot(NamedTuple):
    """The figures of yesterday and today as they stood at a moment."""

    at: int
    sums: Sums


class Usual(NamedTuple):
    """The usual scores of a source, of so many days before this one."""

    scores: Scores
    today: int
    days: int
    learnt_at: int


class QualityWatch:
    """Knows which sources have fallen. Any thread may ask; two that ask at once both look, which does no harm."""

    def __init__(self, *, hot: HotStore, policies: PolicySource, source_of: SourceOf) -> None:
        self._hot = hot
        self._policies = policies
        self._source_of = source_of
        self._quality: Compiled[QualityPolicy] = Compiled("quality", read_quality, usual=USUAL_QUALITY)
        self._snapshots: dict[Place, tuple[Snapshot, ...]] = {}
        self._usual: dict[Place, Usual] = {}
        self._lookout = Lookout(self._look, every_ms=LOOK_EVERY_MS)

    def alarms(self, at_ms: int) -> tuple[Alarm, ...]:
        """What to say about the sources whose index has fallen."""
        return self._lookout.alarms(at_ms)

    def _look(self, at_ms: int) -> list[Alarm]:
        found: list[Alarm] = []
        with self._hot.read() as connection:
            for workspace, source, last_ms in accounting.newest_minutes(connection):
                if at_ms - last_ms > DAY_MS:
                    self._snapshots.pop((workspace, source), None)
                    continue
                late = self._late(connection, (workspace, source), at_ms)
                alarm = self._judge(connection, (workspace, source), late, at_ms) if is_enough(late) else None
                if alarm is not None:
                    found.append(alarm)
        return found

    def _late(self, connection: HotTransaction, place: Place, at_ms: int) -> Figures:
        """What came in during the shortest time that tells enough."""
        today = at_ms // DAY_MS
        figures = quality.per_day(connection, place[0], source=place[1], from_day=today - 1, to_day=today)
        now = {(of.day, of.dimension): (checked, wrong) for of, checked, wrong in figures}
        kept = self._snapshots.get(place, ())
        windows = (grown(now, stood(kept, at_ms - window) or now) for window in WINDOWS_MS)
        whole_day = {name: figure for (day, name), figure in now.items() if day == today}
        late = next(filter(is_enough, windows), whole_day)
        if not kept or at_ms - kept[-1].at >= KEEP_EVERY_MS:
            oldest = max((one.at for one in kept if one.at <= at_ms - WINDOWS_MS[-1]), default=0)
            self._snapshots[place] = (*(one for one in kept if one.at >= oldest), Snapshot(at_ms, now))
        return late

    def _judge(self, connection: HotTransaction, place: Place, late: Figures, at_ms: int) -> Alarm | None:
        workspace, source = place
        policy = self._quality.of(self._policies, workspace)
        points, floor = policy.alarm.of(source)
        usual = self._usual_of(connection, place, policy.alarm.days, at_ms)
        fall = fall_of(late, usual.scores, weights=policy.weights_of(source), points=points, floor=floor)
        known = self._source_of(workspace, source)
        if fall is None or not known.enabled:
            return None
        cause = worst_offender(connection, place, fall, today=usual.today, days=usual.days)
        return alarm_of(known.name, workspace, fall, cause, floor=floor, days=usual.days)

    def _usual_of(self, connection: HotTransaction, place: Place, days: int, at_ms: int) -> Usual:
        today = at_ms // DAY_MS
        held = self._usual.get(place)
        if held is None or (held.today, held.days) != (today, days) or at_ms - held.learnt_at >= LEARN_EVERY_MS:
            figures = quality.per_day(connection, place[0], source=place[1], from_day=today - days, to_day=today - 1)
            held = self._usual[place] = Usual(usual_scores(by_day(figures)), today, days, at_ms)
        return held


def stood(snapshots: Sequence[Snapshot], at_ms: int) -> Sums | None:
    """How the figures stood at a moment: by the newest snapshot of before, else by the first there is."""
    before = [one for one in snapshots if one.at <= at_ms] or snapshots[:1]
    return before[-1].sums if before else None


def grown(now: Sums, before: Sums) -> Figures:
    """What was added since, by dimension. Where data was deleted meanwhile, nothing was added.

    >>> grown({(7, "validity"): (9, 2), (6, "validity"): (5, 0)}, {(6, "validity"): (4, 0)})
    {'validity': (10, 2)}
    """
    found: dict[str, tuple[int, int]] = {}
    for key, (checked, wrong) in now.items():
        was_checked, was_wrong = before.get(key, (0, 0))
        known = found.get(key[1], (0, 0))
        found[key[1]] = known[0] + max(0, checked - was_checked), known[1] + max(0, wrong - was_wrong)
    return found


def by_day(figures: Iterable[tuple[Of, int, int]]) -> Iterable[Figures]:
    """The figures of each day apart."""
    days: dict[int, dict[str, tuple[int, int]]] = {}
    for of, checked, wrong in figures:
        days.setdefault(of.day, {})[of.dimension] = checked, wrong
    return days.values()


def worst_offender(connection: HotTransaction, place: Place, fall: Fall, *, today: int, days: int) -> CauseFound | None:
    """The cause that became most frequent under the dimension that fell, today against the days before."""

    def found(from_day: int, to_day: int) -> Rates:
        figures = quality.per_day(connection, place[0], source=place[1], from_day=from_day, to_day=to_day)
        checked = sum(many for of, many, _ in figures if of.dimension == fall.dimension)
        causes = quality.causes(
            connection, place[0], source=place[1], from_day=from_day, to_day=to_day, limit=MOST_CAUSES
        )
        return rates(causes, fall.dimension, max(1, checked))

    return most_risen(found(today - days, today - 1), found(today, today))


def alarm_of(source: str, workspace: str, fall: Fall, cause: CauseFound | None, *, floor: float, days: int) -> Alarm:
    """The alarm that the index of a source fell."""
    against = (
        f"below its floor of {floor:g}"
        if fall.usual is None
        else f"usually {fall.usual:.1f} (median of the last {days} days)"
    )
    usually = "" if fall.usual_score is None else f", usually {fall.usual_score:.1f}"
    said = (
        f"the quality index of the source {source} is {fall.now:.1f} of late, {against};"
        f" most of it is {fall.dimension}: {fall.score:.1f}{usually}"
    )
    if cause is not None:
        where = " ".join(part for part in (cause.event, cause.property) if part)
        said += f"; worst is {cause.cause}" + (f" in {where}" if where else "") + f", such as {cause.example}"
    return Alarm(
        code="quality_fell", said=said, workspace=workspace, source=source, count=round(fall.now),
        dimension=fall.dimension, cause=cause.cause if cause else "", event=cause.event if cause else "",
        property=cause.property if cause else "",
    )  # fmt: skip
