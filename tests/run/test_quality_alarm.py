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
from zuji.run.quality_watch import QualityWatch, grown, stood
from zuji.run.quality_watch import Snapshot as Stood
from zuji.store import quality
from zuji.store.hot import HotStore
from zuji.store.metadata import Metadata
from zuji.store.quality import DAY_MS, Of, QualityFigures
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
        self._document = document

    def newest(self, workspace: str, part: Part) -> Policy | None:
        return Policy(workspace, part, 1, self._document, 0, "somebody") if part == "quality" else None


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


def received(hot: HotStore, now: int, *, checked: int, wrong: int) -> None:
    """So much came in, as a batch writes it down."""
    of = Of("default", SHOP, now // DAY_MS, "accuracy")
    with hot.write() as connection:
        quality.add(connection, QualityFigures({of: checked}, {of: wrong}, {}))
        minute = now // 60_000 * 60_000
        connection.execute(
            "INSERT INTO accounting_total (workspace, source, accepted) VALUES (?, ?, ?)", ("default", SHOP, checked)
        )
        connection.execute(
            "INSERT INTO accounting (workspace, source, minute, accepted) VALUES (?, ?, ?, ?)",
            ("default", SHOP, minute, checked),
        )


def test_what_came_in_of_late_is_the_difference_and_deleted_data_is_none_of_it() -> None:
    before = {(6, "validity"): (4, 0), (6, "accuracy"): (9, 9)}
    now = {(7, "validity"): (9, 2), (6, "validity"): (5, 1), (7, "accuracy"): (3, 0)}
    assert grown(now, before) == {"validity": (10, 3), "accuracy": (3, 0)}
    assert grown({(6, "accuracy"): (2, 1)}, before) == {"accuracy": (0, 0)}
    kept = [Stood(10, before), Stood(20, now)]
    assert [stood(kept, at) for at in (5, 15, 20)] == [before, before, now]
    assert stood([], 5) is None
