"""The newest events of anchors: whatever the batches were, however they were merged, the answer is that of a sort."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from zuji.store import recent_events
from zuji.store.hot import HotStore
from zuji.store.recent_events import COLUMNS, KEPT, newest, put
from zuji.store.schema import EVENT_SCHEMA

SCHEMA = pa.schema([EVENT_SCHEMA.field(name) for name in COLUMNS])
Row = dict[str, Any]


@pytest.fixture
def hot(tmp_path: Path) -> Iterator[HotStore]:
    store = HotStore(tmp_path / "hot.sqlite")
    yield store
    store.close()


def an_event(number: int, anchor: int, at: int, *, source: str = "web", workspace: str = "shop") -> Row:
    said: Row = dict.fromkeys(COLUMNS, "")
    return said | {
        "anchor": anchor, "occurred_at": at, "position": number, "event_id": f"e-{number}", "event": "Viewed",
        "source": source, "workspace": workspace, "amount": None,
    }  # fmt: skip


def take(hot: HotStore, rows: list[Row]) -> None:
    with hot.write() as connection:
        put(connection, pa.Table.from_pylist(rows, SCHEMA))


def ids(hot: HotStore, *stretches: tuple[int, int | None, int | None], limit: int = KEPT) -> list[str]:
    with hot.read() as connection:
        return [event["event_id"] for event in newest(connection, stretches, limit)]


def by_hand(rows: list[Row], *stretches: tuple[int, int | None, int | None], limit: int = KEPT) -> list[str]:
    held = [
        row
        for row in rows
        if any(
            row["anchor"] == anchor
            and (since is None or since <= row["occurred_at"])
            and (until is None or row["occurred_at"] < until)
            for anchor, since, until in stretches
        )
    ]
    held.sort(key=lambda row: (row["occurred_at"], row["position"]), reverse=True)
    return [row["event_id"] for row in held[:limit]]


@pytest.mark.parametrize("seed", range(6))
def test_the_newest_events_are_those_of_a_sort_whatever_the_batches_were(
    hot: HotStore, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(recent_events, "FULL_RUN", 60)
    monkeypatch.setattr(recent_events, "PAGE", 25)
    chance = random.Random(seed)
    rows: list[Row] = []
    for _ in range(120):
        batch = [
            an_event(len(rows) + place, chance.randrange(1, 30), chance.randrange(500))
            for place in range(chance.choice([1, 1, 2, 7, 40]))
        ]
        rows += batch
        take(hot, batch)
    for anchor in range(1, 31):
        assert ids(hot, (anchor, None, None)) == by_hand(rows, (anchor, None, None))
    together = tuple((anchor, None, None) for anchor in (3, 5, 8))
    assert ids(hot, *together) == by_hand(rows, *together)
    assert ids(hot, *together, limit=7) == by_hand(rows, *together, limit=7)


def test_of_an_anchor_the_newest_are_kept_and_no_more(hot: HotStore) -> None:
    rows = [an_event(number, 1, number * 37 % 101) for number in range(60)]
    take(hot, rows)
    assert ids(hot, (1, None, None), limit=60) == by_hand(rows, (1, None, None), limit=KEPT)


def test_an_anchor_counts_only_in_its_stretches_of_time(hot: HotStore) -> None:
    rows = [an_event(number, 1, number * 10) for number in range(10)]
    take(hot, rows)
    stretches = ((1, None, 20), (1, 50, 70), (1, 90, None))
    assert ids(hot, *stretches) == ["e-9", "e-6", "e-5", "e-1", "e-0"]


def test_the_earliest_taken_in_go_when_there_are_too_many(hot: HotStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent_events, "MOST_EVENTS", 40)
    for batch in range(4):
        take(hot, [an_event(batch * 15 + number, number + 1, batch) for number in range(15)])
    assert ids(hot, (7, None, None)) == ["e-51", "e-36"]


def test_deleting_a_source_leaves_what_others_brought(hot: HotStore) -> None:
    take(hot, [an_event(1, 1, 10), an_event(2, 1, 20, source="shop-app"), an_event(3, 2, 30, source="shop-app")])
    take(hot, [an_event(4, 1, 40, source="shop-app", workspace="other"), an_event(5, 1, 50)])
    with hot.write() as connection:
        recent_events.forget_source(connection, "shop", "shop-app")
    assert ids(hot, (1, None, None)) == ["e-5", "e-4", "e-1"]
    assert ids(hot, (2, None, None)) == []


def test_a_page_is_cut_where_an_anchor_begins(hot: HotStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent_events, "PAGE", 30)
    rows = [an_event(number, 1 + number // 19, number) for number in range(190)]
    take(hot, rows)
    assert [len(ids(hot, (anchor, None, None))) for anchor in range(1, 11)] == [19] * 10
    with hot.read() as connection:
        assert connection.execute("SELECT count(*) FROM recent_page").fetchone()[0] > 1
