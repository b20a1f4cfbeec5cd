"""A source that breaks is an alarm within a minute, with its worst offender; it reaches receivers once, and ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from engine_world import NOON_MS, World, a_source, running

from zuji.clean.policies import NoPolicies
from zuji.run.noticing import CALM_MS, NoticeLoop
from zuji.run.quality_watch import QualityWatch
from zuji.store import quality
from zuji.store.hot import HotStore
from zuji.store.metadata import Metadata
from zuji.store.quality import DAY_MS, Cause, Found, Of, QualityFigures
from zuji.store.receivers import Notices
from zuji.store.saved import SavedWork
from zuji.terms.alarm import Alarm
from zuji.terms.message import Message
from zuji.terms.policy import Part, Policy

SECOND_MS = 1_000
SHOP = "fallen-shop"


class Decided(NoPolicies):
    """What the workspace decided about quality."""

    def __init__(self, **document: Any) -> None:
        self._document, self._version = document, 1

    def newest(self, workspace: str, part: Part) -> Policy | None:
        return Policy(workspace, part, self._version, self._document, 0, "somebody") if part == "quality" else None

    def decide(self, **document: Any) -> None:
        """Decide something else from now on."""
        self._document, self._version = document, self._version + 1


def sales(day: int, currency: str, many: int, *, at: int) -> Iterator[Message]:
    for number in range(many):
        properties = msgspec.Raw(msgspec.json.encode({"price": 20, "currency": currency}))
        yield Message(
            type="track", event="Sold", message_id=f"fall-{day}-{at}-{number}", user_id=f"u{number % 9}", timestamp=at,
            sent_at=at, properties=properties,
        )  # fmt: skip


class Clock:
    """A clock that tests move, and a day's business at it."""

    def __init__(self) -> None:
        self.now = NOON_MS

    def sell(self, world: World, *, currency: str = "CNY", many: int = 60, source: str = SHOP) -> None:
        world.now_ms = self.now
        world.send(*sales(self.now // DAY_MS, currency, many, at=self.now), source=source)
        world.settle()

    def alarms(self, world: World) -> list[Alarm]:
        """What stands a look later."""
        self.now += 6 * SECOND_MS
        return [one for one in world.engine.status.now().alarm_facts if one.code == "quality_fell"]


def test_a_source_that_breaks_is_an_alarm_within_a_minute_that_names_cause_and_example(tmp_path: Path) -> None:
    clock = Clock()
    metadata = Metadata.open(tmp_path / "meta.sqlite")
    metadata.create_workspace(id="default", name="default", timezone="UTC", created_at=NOON_MS)
    with running(tmp_path / "data", now_ms=lambda: clock.now) as world:
        noticing = NoticeLoop(
            notices=Notices.beside(metadata), saved=SavedWork.beside(metadata),
            alarms=lambda: world.engine.status.now().alarm_facts, now_ms=lambda: clock.now,
        )  # fmt: skip
        for _ in range(4):
            clock.sell(world)
            clock.sell(world, source="sound-shop")
            clock.now += DAY_MS
        for _ in range(5):  # the day began well, with more than the rest of it can outweigh
            clock.sell(world, many=120)
            clock.sell(world, source="sound-shop")
            assert clock.alarms(world) == []
            clock.now += 3 * 60 * SECOND_MS
        began = clock.now
        clock.sell(world, currency="shells")
        clock.sell(world, source="sound-shop")
        [alarm] = clock.alarms(world)
        told = [one for one in noticing.look(clock.now) if one.code == "quality_fell"]
        again = [one for one in noticing.look(clock.now) if one.code == "quality_fell"]
        assert clock.now - began < 60 * SECOND_MS
        clock.now += 11 * 60 * SECOND_MS
        clock.sell(world, many=120)
        assert clock.alarms(world) == []
        noticing.look(clock.now)
        over = noticing.look(clock.now + CALM_MS)
    metadata.close()
    assert (alarm.source, alarm.workspace, alarm.dimension, alarm.cause, alarm.event, alarm.property) == (
        SHOP, "default", "validity", "currency:unknown", "Sold", "",
    )  # fmt: skip
    assert alarm.count < 95
    for said in (SHOP, "usually 100.0", "validity", "currency:unknown in Sold", "such as fall-"):
        assert said in alarm.said
    assert [(one.source, one.key, one.facts["dimension"]) for one in told] == [
        (SHOP, f"alarm:quality_fell:{SHOP}", "validity")
    ]
    assert again == []
    assert [(one.code, one.state) for one in over if one.code == "quality_fell"] == [("quality_fell", "over")]


@pytest.mark.parametrize(("decided", "expected"), [({}, [SHOP]), ({"sources": {SHOP: {"floor": 0}}}, [])])
def test_a_new_source_is_held_to_the_floor_that_the_workspace_decided(
    tmp_path: Path, decided: dict[str, Any], expected: list[str]
) -> None:
    hot, now = HotStore(tmp_path / "hot.sqlite"), NOON_MS
    only = dict.fromkeys(("completeness", "validity", "timeliness", "consistency", "uniqueness"), 0)
    policies = Decided(weights=only, alarm=decided)
    watch = QualityWatch(hot=hot, policies=policies, source_of=a_source)
    received(hot, now, checked=100, wrong=60)
    assert [one.source for one in watch.alarms(now)] == expected
    assert ["below its floor of 50" in one.said for one in watch.alarms(now)] == [True] * len(expected)
    hot.close()


def received(hot: HotStore, now: int, *, checked: int, wrong: int, cause: str = "negative", days_ago: int = 0) -> None:
    """So much came in, as a batch writes it down."""
    of = Of("default", SHOP, now // DAY_MS - days_ago, "accuracy")
    with hot.write() as connection:
        causes = {Cause(of, cause): Found(wrong, f"{cause}-{now}")} if wrong else {}
        quality.add(connection, QualityFigures({of: checked}, {of: wrong}, causes))
        minute = now // 60_000 * 60_000
        connection.execute(
            "INSERT OR REPLACE INTO accounting_total (workspace, source, accepted) VALUES (?, ?, ?)",
            ("default", SHOP, checked),
        )
        connection.execute(
            "INSERT OR REPLACE INTO accounting (workspace, source, minute, accepted) VALUES (?, ?, ?, ?)",
            ("default", SHOP, minute, checked),
        )


class SmallShop:
    """A source that sends a little every five minutes, watched at each, after four good days; the day begins at 0:00.

    Its index is its accuracy.
    """

    def __init__(self, folder: Path) -> None:
        self.hot, self.now = HotStore(folder / "hot.sqlite"), NOON_MS // DAY_MS * DAY_MS
        only = dict.fromkeys(("completeness", "validity", "timeliness", "consistency", "uniqueness"), 0)
        self.decided: dict[str, Any] = {"weights": only}
        self.policies = Decided(**self.decided)
        self.watch = QualityWatch(hot=self.hot, policies=self.policies, source_of=a_source)
        for days_ago in range(1, 5):
            received(self.hot, self.now, checked=500, wrong=0, days_ago=days_ago)

    def send(self, *, minutes: int, each: int, wrong: int = 0, cause: str = "negative") -> list[tuple[float, bool]]:
        """For so long. When (in hours of the day) the alarm came or went."""
        changes: list[tuple[float, bool]] = []
        stood = self.stands
        for _ in range(minutes // 5):
            self.now += 5 * 60 * SECOND_MS
            received(self.hot, self.now, checked=each, wrong=wrong, cause=cause)
            if self.stands != stood:
                stood = not stood
                changes.append((self.now % DAY_MS / 3_600_000, stood))
        return changes

    @property
    def stands(self) -> bool:
        return bool(self.watch.alarms(self.now))

    @property
    def alarm(self) -> Alarm:
        [alarm] = self.watch.alarms(self.now)
        return alarm


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[SmallShop]:
    made = SmallShop(tmp_path)
    yield made
    made.hot.close()


def test_a_small_source_that_breaks_in_the_evening_of_a_good_day_is_an_alarm_within_the_hour(shop: SmallShop) -> None:
    assert shop.send(minutes=18 * 60, each=6) == []
    [(at, is_alarm)] = shop.send(minutes=60, each=6, wrong=6)
    assert (is_alarm, 18 < at <= 18.5) == (True, True)


def test_a_small_source_that_broke_in_the_morning_is_well_again_within_hours_and_not_only_at_midnight(
    shop: SmallShop,
) -> None:
    shop.send(minutes=8 * 60, each=6)
    [(_, began)] = shop.send(minutes=4 * 60, each=6, wrong=6)
    [(ended, stands)] = shop.send(minutes=12 * 60 - 5, each=6)
    assert (began, stands, 12 < ended <= 13.2) == (True, False, True)


def test_an_alarm_does_not_end_at_midnight_because_too_little_of_the_new_day_is_known(shop: SmallShop) -> None:
    shop.send(minutes=12 * 60, each=0)
    [(_, began)] = shop.send(minutes=12 * 60 - 5, each=1, wrong=1)
    assert began
    assert shop.send(minutes=11 * 60, each=1, wrong=1) == []
    assert shop.stands


def test_a_source_that_hovers_about_fifty_in_ten_minutes_comes_and_goes_once(shop: SmallShop) -> None:
    shop.send(minutes=8 * 60, each=25)
    changes = []
    for wrong in (10, 0):
        for each in (26, 20) * 12:
            changes += [stands for _, stands in shop.send(minutes=15, each=each, wrong=wrong)]
    assert changes == [True, False]


def test_an_index_that_hovers_about_its_bound_is_one_alarm_until_half_of_it_is_made_good(shop: SmallShop) -> None:
    shop.send(minutes=60, each=100)
    changes = []
    for wrong in (6, 4, 6, 4, 6, 4, 2):
        changes += [(wrong, stands) for _, stands in shop.send(minutes=60, each=100, wrong=wrong)]
    assert changes == [(6, True), (2, False)]


def test_the_cause_is_that_of_the_window_that_fell_and_not_that_of_the_whole_day(shop: SmallShop) -> None:
    shop.send(minutes=10 * 60, each=100, wrong=2, cause="swapped")
    shop.send(minutes=10, each=100, wrong=12, cause="impossible")
    assert shop.alarm.cause == "impossible"
    assert "such as impossible-" in shop.alarm.said


def test_an_alarm_that_is_turned_off_is_over_although_nothing_came_in_since(shop: SmallShop) -> None:
    shop.send(minutes=60, each=100)
    assert shop.send(minutes=15, each=100, wrong=50)[-1][1]
    shop.now += 23 * 3_600_000
    assert shop.stands, "nothing came in on the new day that would tell otherwise"
    shop.policies.decide(**shop.decided, alarm={"points": 100, "floor": 0})
    shop.now += 60 * SECOND_MS
    assert not shop.stands


def test_an_alarm_about_data_that_was_deleted_is_over(shop: SmallShop) -> None:
    shop.send(minutes=60, each=100)
    assert shop.send(minutes=15, each=100, wrong=50)[-1][1]
    with shop.hot.write() as connection:
        quality.forget_source(connection, "default", SHOP)
    shop.now += 60 * SECOND_MS
    assert not shop.stands
