"""The usual rhythm of each source, and which sources have been silent for too long at this hour of the week.

Read from the accounts, which know for every source the minutes in which something came in: nothing is learnt apart, so
nothing is lost at a restart and taking in costs nothing. What is usual is the longest pause around the same hour in
each of the last four weeks, and of these the middle one, so that one outage does not become usual; in a source's first
week the same hour of the days before counts, and on its first day every pause it made.
"""

from __future__ import annotations

from statistics import median_high
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from zuji.clean.policies import Compiled, PolicySource
from zuji.clean.rule_book import USUAL_RULES, RuleBook, read_rules
from zuji.run.batch import SourceOf
from zuji.run.lookout import Lookout
from zuji.store import accounting
from zuji.store.hot import HotStore, HotTransaction
from zuji.terms.alarm import Alarm

Minutes = npt.NDArray[np.int64]

MINUTE_MS = 60_000
HOUR, DAY, WEEK = 60, 24 * 60, 7 * 24 * 60
WEEKS = 4
LOOK_EVERY_MS = 5_000
LEARN_EVERY_MS = 3_600_000
LEAST_MINUTES = 30  # of activity; a source that sent less has no rhythm yet
LEAST_SPAN = 30


class Usual(NamedTuple):
    """What is usual for a source around now: its longest pause in minutes (None: no rhythm yet), and how many minutes
    lie between the first and the last that it was heard.
    """

    pause: int | None
    span: int
    learnt_at: int


class Rhythm:
    """Knows who is silent. Any thread may ask; two that ask at once both look, which does no harm."""

    def __init__(self, *, hot: HotStore, policies: PolicySource, source_of: SourceOf) -> None:
        self._hot = hot
        self._policies = policies
        self._source_of = source_of
        self._rules: Compiled[RuleBook] = Compiled("rules", read_rules, usual=USUAL_RULES)
        self._usual: dict[tuple[str, str], Usual] = {}
        self._lookout = Lookout(self._look, every_ms=LOOK_EVERY_MS)

    def alarms(self, at_ms: int) -> tuple[Alarm, ...]:
        """What to say about the sources that are silent at this moment."""
        return self._lookout.alarms(at_ms)

    def _look(self, at_ms: int) -> list[Alarm]:
        found: list[Alarm] = []
        with self._hot.read() as connection:
            for workspace, source, last_ms in accounting.newest_minutes(connection):
                rule = self._rules.of(self._policies, workspace).rules.silence
                silent_s = (at_ms - last_ms - MINUTE_MS) // 1_000
                if rule.action == "off" or silent_s < rule.at_least_s:
                    continue
                usual = self._usual_of(connection, workspace, source, at_ms)
                if usual.pause is None or not is_silent(silent_s, usual, times=rule.times, at_least_s=rule.at_least_s):
                    continue
                known = self._source_of(workspace, source)
                if known.enabled:
                    alarm = silent(known.name, minutes=silent_s // 60, usual_minutes=usual.pause)
                    found.append(replace(alarm, workspace=workspace))
        return found

    def _usual_of(self, connection: HotTransaction, workspace: str, source: str, at_ms: int) -> Usual:
        held = self._usual.get((workspace, source))
        if held is None or at_ms - held.learnt_at >= LEARN_EVERY_MS:
            since = at_ms - (WEEKS * WEEK + 2 * HOUR) * MINUTE_MS
            active = accounting.active_minutes(connection, workspace, source, since_ms=since)
            minutes = np.array(active, dtype=np.int64) // MINUTE_MS
            held = usual_of(minutes, at_ms // MINUTE_MS, learnt_at=at_ms)
            self._usual[workspace, source] = held
        return held


def silent(source: str, *, minutes: int, usual_minutes: int) -> Alarm:
    """The alarm that a source is silent."""
    said = (
        f"the source {source} has been silent for {minutes} minutes; around this hour its"
        f" longest pause is usually {usual_minutes} minutes"
    )
    return Alarm(code="source_silent", said=said, source=source, count=minutes)


def is_silent(silent_s: int, usual: Usual, *, times: float, at_least_s: int) -> bool:
    """Whether a silence is much longer than usual. One longer than the source was ever heard is its end, not a gap.

    >>> [is_silent(300, Usual(pause, 600, 0), times=3, at_least_s=120) for pause in (0, 2)]
    [True, False]
    """
    if usual.pause is None or silent_s > usual.span * 60:
        return False
    return silent_s >= max(at_least_s, times * usual.pause * 60)


def usual_of(minutes: Minutes, now: int, *, learnt_at: int) -> Usual:
    """What is usual around a minute, from the minutes (in order) in which something came in."""
    span = int(minutes[-1] - minutes[0]) if len(minutes) else 0
    if len(minutes) < LEAST_MINUTES or span < LEAST_SPAN:
        return Usual(None, span, learnt_at)
    weeks = _pauses_around(minutes, [now - week * WEEK for week in range(1, WEEKS + 1)])
    pauses = weeks if len(weeks) > 1 else weeks + _pauses_around(minutes, [now - day * DAY for day in range(1, 7)])
    usual = median_high(pauses) if pauses else int(np.diff(minutes).max()) - 1
    return Usual(usual, span, learnt_at)


def _pauses_around(minutes: Minutes, moments: list[int]) -> list[int]:
    """Of each moment at which the source was there already, the longest pause within an hour of it."""
    starts, ends = minutes[:-1], minutes[1:]
    pauses = ends - starts - 1
    found = []
    for moment in moments:
        if minutes[0] <= moment - HOUR and moment + HOUR <= minutes[-1]:
            near = pauses[(ends > moment - HOUR) & (starts < moment + HOUR)]
            found.append(int(near.max()) if len(near) else 0)
    return found
