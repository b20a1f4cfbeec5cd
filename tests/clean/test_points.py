"""Collection points: which places they are, what a batch brings to them, and whether they are live."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import msgspec
import polars as pl
import pytest

from zuji.clean.point_document import CollectionPoint, read_points
from zuji.clean.points import PLACE, Points, seen_in
from zuji.clean.points_told import coverage, coverage_by_channel, status_of, told
from zuji.run.batch import as_arrow
from zuji.store.points import Seen, Spot
from zuji.terms.error import BadQuestion
from zuji.terms.event import Flag

NOON_MS = 1_780_000_000_000
DAY_MS = 86_400_000
PATHS = ("", "/", "/cart", "/cart/", "/product/1", "/product/2/", "/product/2/reviews", "/help", "/help/a/b")
PATTERNS = ("/", "/cart", "/product/*", "/product/*/reviews", "/help/**", "/**", "/*", "/*/**", "/a.c")
REGISTER: dict[str, dict[str, Any]] = {
    **{f"path {pattern}": {"kind": "page", "channel": "web", "path": pattern} for pattern in PATTERNS},
    "app cart": {"kind": "page", "channel": "app", "path": "/cart"},
    "shop": {"kind": "page", "channel": "web", "path": "/cart", "host": "shop.example"},
    "buy": {"kind": "element", "channel": "web", "element": "#buy"},
    "buy in cart": {"kind": "element", "channel": "web", "element": "#buy", "path": "/cart", "event": "Clicked"},
    "start": {"kind": "screen", "channel": "app", "screen": "Start"},
    "till 7": {"kind": "till", "channel": "pos", "properties": {"till": 7}},
    "paid at till 7": {"kind": "till", "channel": "pos", "event": "Paid", "properties": {"till": "7", "open": True}},
    "sensor": {"kind": "sensor", "channel": "iot", "sources": ["gate-1", "gate-2"]},
}


def points(register: dict[str, Any]) -> Points:
    return Points(read_points({"points": register}))


def a_row(chance: random.Random) -> dict[str, Any]:
    """A stored row, of what is asked for here."""
    occurred_at = NOON_MS + chance.randint(-DAY_MS, DAY_MS)
    till: Any = chance.choice([{}, {"till": 7}, {"till": "7"}, {"till": 7.0, "open": True}, {"till": 8, "open": 1}])
    return {
        "workspace": chance.choice(["shop", "other"]),
        "source": chance.choice(["gate-1", "gate-2", "gate-3"]),
        "channel": chance.choice(["web", "app", "pos", "iot"]),
        "type": chance.choice(["track", "screen"]),
        "event": chance.choice(["Start", "Paid", "Clicked"]),
        "url_host": chance.choice(["", "shop.example"]),
        "url_path": chance.choice(PATHS),
        "element": chance.choice(["", "#buy", "#sell"]),
        "occurred_at": occurred_at,
        "received_at": NOON_MS,
        "properties": msgspec.json.encode(till).decode(),
        "flags": chance.choice([0, 0, int(Flag.INFERRED), int(Flag.ROBOT)]),
    }


def is_path_by_hand(pattern: str, path: str) -> bool:
    """Every path that a pattern stands for, by trying each of those that there are."""
    plain = path and (path.rstrip("/") or "/")
    return {
        "/": path == "/",
        "/cart": plain == "/cart",
        "/product/*": plain in ("/product/1", "/product/2"),
        "/product/*/reviews": plain == "/product/2/reviews",
        "/help/**": plain in ("/help", "/help/a/b"),
        "/**": path != "",
        "/*": plain in ("/", "/cart", "/help"),
        "/*/**": path != "",
        "/a.c": False,
    }[pattern]


def is_at_by_hand(asked: dict[str, Any], row: dict[str, Any]) -> bool:
    held = msgspec.json.decode(row["properties"])
    wanted = asked.get("properties", {})
    return (
        row["workspace"] == "shop"
        and not row["flags"] & int(Flag.INFERRED)
        and asked["channel"] == row["channel"]
        and asked.get("event", row["event"]) == row["event"]
        and asked.get("host", row["url_host"]) == row["url_host"]
        and asked.get("element", row["element"]) == row["element"]
        and ("screen" not in asked or (row["type"], row["event"]) == ("screen", asked["screen"]))
        and ("sources" not in asked or row["source"] in asked["sources"])
        and ("path" not in asked or is_path_by_hand(asked["path"], row["url_path"]))
        and ("till" not in wanted or held.get("till") in (7, "7"))
        and ("open" not in wanted or held.get("open") is True)
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_batch_brings_to_each_point_what_one_finds_row_by_row(seed: int) -> None:
    chance = random.Random(seed)
    rows = [a_row(chance) for _ in range(2_000)]
    times = pl.Datetime("ms", "UTC")
    frame = pl.DataFrame(rows).with_columns(
        pl.col("occurred_at", "received_at").cast(times), pl.col("flags").cast(pl.UInt32)
    )
    expected: dict[tuple[str, str], Seen] = {}
    for name, asked in REGISTER.items():
        for row in rows:
            if is_at_by_hand(asked, row):
                at = min(row["occurred_at"], NOON_MS)
                before = expected.get((name, row["source"]), Seen(0, at, at))
                expected[name, row["source"]] = Seen(
                    before.events + 1, min(before.first_at, at), max(before.last_at, at)
                )
    declared = points(REGISTER)
    found = seen_in(as_arrow(frame), "shop", declared)
    assert {(spot.point, spot.source): seen for spot, seen in found.items()} == expected
    assert {spot.point for spot in found} == REGISTER.keys() - {"path /a.c"}, "every way of recognising was tried"
    assert all(spot.matcher == declared.matchers[spot.point] for spot in found)


def test_a_point_is_live_for_as_long_as_it_may_be_silent_and_missing_before_it_ever_spoke() -> None:
    point = points({"cart": {"kind": "page", "channel": "web", "path": "/cart",
                             "silent_after": {"amount": 30, "unit": "second"}}}).declared["cart"]  # fmt: skip
    seen = Seen(5, NOON_MS - 60_000, NOON_MS)
    assert status_of(point, None, NOON_MS) == "missing"
    assert [status_of(point, seen, NOON_MS + ms) for ms in (0, 30_000, 30_001)] == ["live", "live", "silent"]


def test_coverage_is_live_of_declared_per_channel_over_all_sources() -> None:
    declared = points({name: REGISTER[name] for name in ("buy", "shop", "till 7", "sensor")})
    old, new = Seen(1, 0, 0), Seen(2, NOON_MS, NOON_MS)

    def spot(name: str, source: str) -> Spot:
        return Spot("shop", name, declared.matchers[name], source)

    seen = {
        spot("buy", "a"): old,
        spot("buy", "b"): new,
        spot("till 7", "a"): old,
        Spot("shop", "shop", "another way", "a"): new,
    }
    register = told(declared, seen, NOON_MS)
    assert {one.name: one.status for one in register} == {
        "buy": "live", "shop": "missing", "till 7": "silent", "sensor": "missing",
    }  # fmt: skip
    assert register[0].seen == Seen(3, 0, NOON_MS)
    assert coverage(register).share == 0.25
    assert {channel: (*one, one.share) for channel, one in coverage_by_channel(register).items()} == {
        "iot": (1, 0, 0, 1, 0.0), "pos": (1, 0, 1, 0, 0.0), "web": (2, 1, 0, 1, 0.5),
    }  # fmt: skip
    assert coverage([]).share is None


def test_only_another_way_of_being_recognised_counts_anew() -> None:
    point = points(REGISTER).declared["buy"]
    said = msgspec.structs.replace(
        point,
        description="the big one",
        silent_after=msgspec.convert({"amount": 1, "unit": "hour"}, type(point.silent_after)),
    )
    assert said.matcher == point.matcher
    assert msgspec.structs.replace(point, element="#buy-now").matcher != point.matcher
    assert len(set(points(REGISTER).matchers.values())) == len(REGISTER)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"kind": "page", "channel": "web"}, "recognised by its path"),
        ({"kind": "element", "channel": "web", "path": "/cart"}, "recognised by its element"),
        ({"kind": "till", "channel": "pos"}, "name at least one of"),
        ({"kind": "page", "channel": "web", "path": "cart"}, "begin with a slash"),
        ({"kind": "page", "channel": "web", "path": "/**/cart"}, "only stand last"),
        ({"kind": "page", "channel": "web", "path": "/product-*"}, "within a part"),
        ({"kind": "page", "channel": "wap", "path": "/"}, "wap"),
        ({"kind": "page", "channel": "web", "path": "/", "pathh": "/"}, "pathh"),
    ],
)
def test_a_point_that_makes_no_sense_is_refused_with_what_is_wrong(document: dict[str, Any], said: str) -> None:
    with pytest.raises(BadQuestion, match=said.replace("*", r"\*")):
        read_points({"points": {"cart": document}})


def test_everything_that_a_point_asks_for_is_read_from_the_rows() -> None:
    asked = set(CollectionPoint.__struct_fields__) - {"kind", "channel", "description", "silent_after", "sources"}
    columns = {"host": "url_host", "path": "url_path", "screen": "event"}
    assert {columns.get(name, name) for name in asked} <= {*PLACE, "properties"}
    assert datetime.fromtimestamp(NOON_MS / 1000, UTC).year == 2026
