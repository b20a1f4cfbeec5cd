"""Watches the index of each source: when it falls, that is an alarm, with the worst offender of late.

The figures are those that batches write by day. What came in of late is the difference to what they were some time
ago, which is remembered here: nothing is written for it, and after a start the time begins anew. An alarm stands until
enough came in to tell that it is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from sys import intern
from typing import NamedTuple

from zuji.clean.policies import Compiled, PolicySource
from zuji.clean.quality_changes import Rates, most_risen, rates
from zuji.clean.quality_fall import Fall, Figures, Scores, eased, fall_of, is_enough, is_off, usual_scores
from zuji.clean.quality_policy import USUAL_QUALITY, QualityPolicy, read_quality
from zuji.clean.quality_windows import BEGINNING, KEEP_EVERY_MS, Kind, Late, Snapshot, is_shrunk, late_of, thinned
from zuji.run.batch import SourceOf
from zuji.run.lookout import Lookout
from zuji.store import accounting, quality
from zuji.store.hot import HotStore, HotTransaction
from zuji.store.quality import DAY_MS, CauseFound, Of
from zuji.terms.alarm import Alarm

LOOK_EVERY_MS = 5_000
LEARN_EVERY_MS = 3_600_000
MOST_CAUSES = 500
MOST_REMEMBERED = 50
"""Causes of a snapshot: those most frequent on its day. What was rarer then counts as new, which it nearly is."""

Place = tuple[str, str]


class Watched(NamedTuple):
    """What is remembered of a source: snapshots, oldest first, the alarm that stands, and the snapshot with which the
    window began that told of a fall last, or of its end.
    """

    kept: tuple[Snapshot, ...] = ()
    alarm: Alarm | None = None
    since: Snapshot = BEGINNING

    def told(self, alarm: Alarm | None, late: Late) -> Watched:
        """The same after a look at what came in of late."""
        if (alarm is None) == (self.alarm is None):
            return self._replace(alarm=alarm)
        return Watched(tuple(one for one in self.kept if one.at >= late.since.at), alarm, late.since)


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
        self._watched: dict[Place, Watched] = {}
        self._usual: dict[Place, Usual] = {}
        self._lookout = Lookout(self._look, every_ms=LOOK_EVERY_MS)

    def alarms(self, at_ms: int) -> tuple[Alarm, ...]:
        """What to say about the sources whose index has fallen."""
        return self._lookout.alarms(at_ms)

    def _look(self, at_ms: int) -> list[Alarm]:
        with self._hot.read() as connection:
            places = {
                (workspace, source)
                for workspace, source, last_ms in accounting.newest_minutes(connection)
                if at_ms - last_ms <= DAY_MS
            }
            self._watched = {place: self._watch(connection, place, at_ms) for place in sorted(places)}
        return [one.alarm for one in self._watched.values() if one.alarm is not None]

    def _watch(self, connection: HotTransaction, place: Place, at_ms: int) -> Watched:
        today = at_ms // DAY_MS
        figures = quality.per_day(connection, place[0], source=place[1], from_day=today - 1, to_day=today)
        now = Snapshot(at_ms, {(of.day, of.dimension): (checked, wrong) for of, checked, wrong in figures})
        watched = self._watched.get(place, Watched())
        if watched.kept and is_shrunk(now.sums, watched.kept[-1].sums, today=today):
            watched = Watched()
        late = late_of(now, watched.kept, watched.since, today=today)
        watched = watched.told(self._judge(connection, place, late, watched.alarm, at_ms), late)
        if not watched.kept or at_ms - watched.kept[-1].at >= KEEP_EVERY_MS:
            now = now._replace(causes=_remembered(connection, place, today))
            watched = watched._replace(kept=thinned((*watched.kept, now), at_ms))
        return watched

    def _judge(
        self, connection: HotTransaction, place: Place, late: Late, standing: Alarm | None, at_ms: int
    ) -> Alarm | None:
        """The alarm that is to stand. While too little came in to tell, it is the one that stands."""
        if standing is None and not is_enough(late.figures):
            return None
        workspace, source = place
        policy = self._quality.of(self._policies, workspace)
        points, floor = policy.alarm.of(source)
        known = self._source_of(workspace, source)
        if not known.enabled or is_off(points, floor):
            return None
        if not is_enough(late.figures):
            return standing
        usual = self._usual_of(connection, place, policy.alarm.days, at_ms)
        bounds = (points, floor) if standing is None else eased(points, floor)
        fall = fall_of(late.figures, usual.scores, weights=policy.weights_of(source), points=bounds[0], floor=bounds[1])
        if fall is None:
            return None
        cause = worst_offender(connection, place, fall, late, today=usual.today, days=usual.days)
        return alarm_of(known.name, workspace, fall, cause, floor=floor, days=usual.days)

    def _usual_of(self, connection: HotTransaction, place: Place, days: int, at_ms: int) -> Usual:
        today = at_ms // DAY_MS
        held = self._usual.get(place)
        if held is None or (held.today, held.days) != (today, days) or at_ms - held.learnt_at >= LEARN_EVERY_MS:
            figures = quality.per_day(connection, place[0], source=place[1], from_day=today - days, to_day=today - 1)
            held = self._usual[place] = Usual(usual_scores(by_day(figures)), today, days, at_ms)
        return held


def _remembered(connection: HotTransaction, place: Place, today: int) -> Mapping[Kind, int]:
    found = quality.causes(connection, place[0], source=place[1], from_day=today, to_day=today, limit=MOST_REMEMBERED)
    # Many snapshots name the same causes: one text of each is enough.
    return {_kind(one): one.found for one in found}


def _kind(one: CauseFound) -> Kind:
    return intern(one.dimension), intern(one.cause), intern(one.event), intern(one.property)


def by_day(figures: Iterable[tuple[Of, int, int]]) -> Iterable[Figures]:
    """The figures of each day apart."""
    days: dict[int, dict[str, tuple[int, int]]] = {}
    for of, checked, wrong in figures:
        days.setdefault(of.day, {})[of.dimension] = checked, wrong
    return days.values()


def worst_offender(
    connection: HotTransaction, place: Place, fall: Fall, late: Late, *, today: int, days: int
) -> CauseFound | None:
    """The cause that became most frequent under the dimension that fell, of late against the days before."""
    of_days: quality.Days = {"source": place[1], "from_day": today - days, "to_day": today - 1}
    figures = quality.per_day(connection, place[0], **of_days)
    checked = sum(many for of, many, _ in figures if of.dimension == fall.dimension)
    usual = rates(quality.causes(connection, place[0], **of_days, limit=MOST_CAUSES), fall.dimension, max(1, checked))
    return most_risen(usual, _rates_of_late(connection, place, fall, late, today=today))


def _rates_of_late(connection: HotTransaction, place: Place, fall: Fall, late: Late, *, today: int) -> Rates:
    before = late.since.causes if late.since.at // DAY_MS == today else {}
    found = quality.causes(connection, place[0], source=place[1], from_day=today, to_day=today, limit=MOST_CAUSES)
    grown = [one._replace(found=one.found - before.get(_kind(one), 0)) for one in found]
    checked, _ = late.figures.get(fall.dimension, (0, 0))
    return rates([one for one in grown if one.found > 0], fall.dimension, max(1, checked))


def alarm_of(source: str, workspace: str, fall: Fall, cause: CauseFound | None, *, floor: float, days: int) -> Alarm:
    """The alarm that the index of a source fell."""
    against = (
        f"{'below' if fall.now < floor else 'hardly above'} its floor of {floor:g}"
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
