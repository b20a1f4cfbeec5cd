"""A source that falls silent is an alarm, when its silence is long for this hour of the week."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engine_world import NOON_MS, running

from zuji.clean.policies import NoPolicies, PolicySource
from zuji.run.rhythm import DAY, HOUR, MINUTE_MS, WEEK, Rhythm, usual_of
from zuji.store import accounting
from zuji.store.hot import HotStore
from zuji.terms.policy import Part, Policy
from zuji.terms.source import Source

NOW = 30_000_000
"""A minute; the rhythms below are told in minutes before it."""


@pytest.fixture
def hot(tmp_path: Path) -> Iterator[HotStore]:
    store = HotStore(tmp_path / "hot.sqlite")
    yield store
    store.close()


def heard(hot: HotStore, source: str, minutes: Iterable[int]) -> None:
    """Something came in so many minutes ago."""
    counts = {("shop", source, (NOW - ago) * MINUTE_MS): 1 for ago in minutes}
    with hot.write() as connection:
        accounting.add(connection, {"accepted": counts, "stored": counts})


def alarms(hot: HotStore, *, after: int = 0, policies: PolicySource | None = None, enabled: bool = True) -> list[str]:
    def source_of(workspace: str, source: str) -> Source:
        return Source(source, workspace, source, enabled=enabled)

    rhythm = Rhythm(hot=hot, policies=policies or NoPolicies(), source_of=source_of)
    return [alarm.said for alarm in rhythm.alarms((NOW + after) * MINUTE_MS)]


class SilenceIs(NoPolicies):
    """A workspace that decided this about silence."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._rule = rule

    def newest(self, workspace: str, part: Part) -> Policy | None:
        return Policy(workspace, part, 1, {"silence": self._rule}, 0, "somebody") if part == "rules" else None


def test_a_source_that_sends_every_minute_is_missed_within_three(hot: HotStore) -> None:
    heard(hot, "web", range(1, 3 * HOUR))
    assert alarms(hot) == alarms(hot, after=1) == []
    [alarm] = alarms(hot, after=3)
    assert alarm.startswith("the source web has been silent for 3 minutes")
    heard(hot, "web", [-3])
    assert alarms(hot, after=3) == []


def test_a_night_that_is_always_quiet_is_no_gap_and_a_quiet_noon_is(hot: HotStore) -> None:
    opens, closes = NOW % DAY - 4 * HOUR, NOW % DAY + 6 * HOUR
    shop_hours = [ago for ago in range(1, 3 * WEEK) if opens <= (NOW - ago) % DAY < closes]
    heard(hot, "till", [ago for ago in shop_hours if ago > 30])
    assert len(alarms(hot)) == 1
    evening = [ago - 6 * HOUR for ago in range(1, 6 * HOUR)]
    heard(hot, "till", evening)
    assert alarms(hot, after=6 * HOUR + 90) == []


def test_one_outage_does_not_become_usual() -> None:
    minutes = [NOW - ago for ago in range(1, 4 * WEEK) if not WEEK - 30 <= ago <= WEEK + 30]
    assert usual_of(np.array(sorted(minutes)), NOW, learnt_at=0).pause == 0


def test_a_source_without_a_rhythm_is_never_missed(hot: HotStore) -> None:
    heard(hot, "import", range(100, 120))
    heard(hot, "once", range(200, 240))
    assert alarms(hot) == [], "20 minutes are no rhythm; what is silent for longer than it spoke has ended"


def test_the_workspace_may_ask_for_more_patience_or_for_none(hot: HotStore) -> None:
    heard(hot, "web", range(10, 3 * HOUR))
    assert len(alarms(hot)) == 1
    assert alarms(hot, policies=SilenceIs({"at_least_s": 1200})) == []
    assert alarms(hot, policies=SilenceIs({"action": "off"})) == []
    assert alarms(hot, enabled=False) == []


def test_the_status_that_doctor_and_health_read_names_the_silent_source(tmp_path: Path) -> None:
    minutes = {("default", "web", NOON_MS - ago * MINUTE_MS): 1 for ago in range(5, 3 * HOUR)}
    clock = [NOON_MS]
    with running(tmp_path, now_ms=lambda: clock[0]) as world:
        with world.engine.hot.write() as connection:
            accounting.add(connection, {"accepted": minutes, "stored": minutes})
        clock[0] += 10_000
        assert any(alarm.startswith("the source web has been silent") for alarm in world.engine.status.now().alarms)
