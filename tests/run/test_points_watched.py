"""Collection points in a running engine: counted with the batch, once each; an alarm when one falls silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from engine_world import NOON_MS, World, running

from zuji.clean.policies import NoPolicies
from zuji.store import points
from zuji.store.points import Seen
from zuji.terms.alarm import Alarm
from zuji.terms.message import Message
from zuji.terms.policy import Part, Policy

CART: dict[str, Any] = {
    "kind": "page", "channel": "web", "path": "/cart", "silent_after": {"amount": 60, "unit": "second"},
}  # fmt: skip
BUY: dict[str, Any] = {"kind": "element", "channel": "web", "element": "#buy"}


@dataclass
class Declared(NoPolicies):
    """A workspace that declares points, now these, now those."""

    register: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0

    def declare(self, register: Mapping[str, Any]) -> None:
        self.register, self.version = register, self.version + 1

    def newest(self, workspace: str, part: Part) -> Policy | None:
        if part != "points" or not self.version:
            return None
        return Policy(workspace, part, self.version, {"points": self.register}, 0, "somebody")


def on_page(path: str, number: int, *, at: int = NOON_MS, **properties: Any) -> Message:
    return Message(
        type="track",
        event="Looked",
        message_id=f"p-{number}",
        user_id="u",
        timestamp=at,
        properties=msgspec.Raw(msgspec.json.encode(properties)),
        context=msgspec.Raw(msgspec.json.encode({"page": {"path": path}})),
    )


def counted(world: World) -> dict[tuple[str, str], Seen]:
    with world.engine.hot.read() as connection:
        return {(spot.point, spot.source): seen for spot, seen in points.load(connection, "default").items()}


def test_what_arrives_is_counted_once_under_repeats_and_disorder_and_goes_with_its_source(tmp_path: Path) -> None:
    declared = Declared()
    with running(tmp_path, policies=declared) as world:
        world.send(on_page("/cart", 0), source="points")
        world.settle()
        assert counted(world) == {}
        declared.declare({"cart": CART, "buy": BUY})
        now = on_page("/cart", 1, at=NOON_MS)
        world.send(now, on_page("/cart/", 2, at=NOON_MS - 5_000, element="#buy"), on_page("/", 3), source="points")
        world.send(now, on_page("/cart", 4, at=NOON_MS - 9_000), source="points")
        world.send(on_page("/cart", 1, at=NOON_MS - 7_000), source="neighbour")
        world.settle()
        neighbour = Seen(1, NOON_MS - 7_000, NOON_MS - 7_000)
        assert counted(world) == {
            ("cart", "points"): Seen(3, NOON_MS - 9_000, NOON_MS),
            ("buy", "points"): Seen(1, NOON_MS - 5_000, NOON_MS - 5_000),
            ("cart", "neighbour"): neighbour,
        }
        world.decide("delete_source_data", "delete-1", source="points")
        world.settle()
        assert counted(world) == {("cart", "neighbour"): neighbour}


def test_a_point_that_is_recognised_in_another_way_is_counted_anew_and_one_not_declared_is_forgotten(
    tmp_path: Path,
) -> None:
    declared = Declared()
    declared.declare({"cart": CART, "buy": BUY})
    with running(tmp_path, policies=declared) as world:
        world.send(on_page("/cart", 1, element="#buy"), source="points")
        world.settle()
        assert {name for name, _ in counted(world)} == {"cart", "buy"}
        declared.declare({"cart": {**CART, "description": "where they pay"}})
        world.send(on_page("/cart", 2), source="points")
        world.settle()
        assert {key: seen.events for key, seen in counted(world).items()} == {("cart", "points"): 2}
        declared.declare({"cart": {**CART, "path": "/cart/**"}})
        world.send(on_page("/cart", 3), source="points")
        world.settle()
        assert {key: seen.events for key, seen in counted(world).items()} == {("cart", "points"): 1}


def test_a_batch_that_is_undone_is_counted_once_when_it_is_taken_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = Declared()
    declared.declare({"cart": CART})
    with running(tmp_path, policies=declared) as world:
        add, fails = points.add, [True]

        def broken(*arguments: Any) -> None:
            add(*arguments)
            if fails and fails.pop():
                raise OSError("disk")

        monkeypatch.setattr(points, "add", broken)
        world.send(on_page("/cart", 1), source="points")
        world.settle()
        assert not fails
        assert counted(world) == {("cart", "points"): Seen(1, NOON_MS, NOON_MS)}


def test_a_point_that_falls_silent_is_an_alarm_until_it_speaks_or_is_not_declared_any_more(tmp_path: Path) -> None:
    clock = [NOON_MS]
    declared = Declared()
    declared.declare({"cart": CART, "buy": BUY})

    def silent(world: World) -> list[tuple[str, int]]:
        facts: tuple[Alarm, ...] = world.engine.status.now().alarm_facts
        return [(one.point, one.count) for one in facts if one.code == "point_silent"]

    with running(tmp_path, policies=declared, now_ms=lambda: clock[0]) as world:
        world.send(on_page("/cart", 1), source="points")
        world.settle()
        clock[0] += 60_000
        assert silent(world) == [], "what was never seen has not fallen silent, and a minute is allowed"
        clock[0] += 60_000
        assert silent(world) == [("cart", 2)]
        assert "the collection point cart of channel web has been silent for 2 minutes; it may be for 60 seconds" in (
            world.engine.status.now().alarms
        )
        world.now_ms = clock[0]
        world.send(on_page("/cart", 2, at=clock[0]), source="points")
        world.settle()
        clock[0] += 10_000
        assert silent(world) == []
        clock[0] += 90_000
        assert silent(world) == [("cart", 1)]
        declared.declare({"buy": BUY})
        clock[0] += 10_000
        assert silent(world) == []


def test_many_silent_points_are_told_as_the_first_and_a_number(tmp_path: Path) -> None:
    clock = [NOON_MS]
    declared = Declared()
    declared.declare({f"cart {number:02}": CART for number in range(13)})
    with running(tmp_path, policies=declared, now_ms=lambda: clock[0]) as world:
        world.send(on_page("/cart", 1), source="points")
        world.settle()
        clock[0] += 120_000
        told = [one for one in world.engine.status.now().alarm_facts if "point" in one.code]
    assert [one.point for one in told] == [*(f"cart {number:02}" for number in range(10)), ""]
    assert (told[-1].code, told[-1].count) == ("more_points_silent", 3)
