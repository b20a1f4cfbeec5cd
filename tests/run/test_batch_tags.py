"""Batch tags with real parts: worked out for everybody, written where live values are, never older than said."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store.event_rows import event_row, event_table
from zuji.analyse.ask import Asker
from zuji.run.batch_tags import DEFINITIONS_AT_ONCE, BatchTags
from zuji.run.batch_writing import BatchWriting
from zuji.run.publishing import plan_publishing
from zuji.run.telling import Telling
from zuji.store import tag_values
from zuji.store.events import EventStore
from zuji.store.hot import HotStore
from zuji.store.outbox import PersonRow
from zuji.store.people_lists import PeopleLists
from zuji.store.profiles import ProfileRow
from zuji.store.tag_values import Kind, Told

START = 1_762_000_000_000
MINUTE = 60_000
HOUR = 60 * MINUTE


class Shop:
    """A store with some buyers, and a clock that tests move."""

    def __init__(self, folder: Path) -> None:
        self.hot = HotStore(folder / "hot.sqlite")
        self.events = EventStore.open(folder / "events")
        self.lists = PeopleLists.open(folder / "metadata.sqlite")
        self.now_ms = START + HOUR
        self.telling = Telling()
        self._position = 0
        self.start_again()

    def start_again(self) -> None:
        """What was worked out is forgotten, so everything is due."""
        self.batch = BatchTags(
            hot=self.hot,
            events=self.events,
            lists=self.lists,
            asker=Asker(self.events, now_ms=lambda: self.now_ms),
            writing=BatchWriting(
                hot=self.hot, telling=self.telling, batch_lock=threading.Lock(), now_ms=lambda: self.now_ms
            ),
            timezone_of=lambda workspace: "UTC",
            now_ms=lambda: self.now_ms,
        )

    def close(self) -> None:
        self.events.close()
        self.hot.close()
        self.lists.close()

    def bought(self, *anchors: int, at: int = START) -> None:
        rows = []
        for anchor in anchors:
            self._position += 1
            rows.append(event_row(self._position, anchor=anchor, event="buy", at=at))
        self.events.insert(event_table(rows))

    def publish(self, kind: Kind, key: str, version: int = 1, *, announce: bool = False, **document: Any) -> None:
        written = {"key": key, "name": {"en": key, "zh": key}, "freshness": "batch"} | document
        if kind == "tag":
            written |= {"family": "value_tier"}
        body = {"kind": kind, "key": key, "version": version, "announce": announce, "definition": written}
        with self.hot.write() as connection:
            plan_publishing(connection, "default", body, self.now_ms).write(connection)

    def holders(self, kind: Kind, key: str) -> dict[int, Any]:
        with self.hot.read() as connection:
            return dict(tag_values.holders(connection, "default", kind, key))

    def changes(self, told: Told = tag_values.TOLD) -> list[tuple[int, str, Any, Any]]:
        with self.hot.read() as connection:
            found = tag_values.changes_after(connection, "default", 0, 100, told=told)
        assert {one.cause for one in found} <= {"batch"}
        return [(one.person, one.key, one.old, one.new) for one in found]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    yield opened
    opened.close()


ORDERS = {"value": {"measure": "count", "event": "buy"}}
TWICE = {"when": {"tag": "orders", "op": "gte", "value": 2}}


def test_everybody_gets_values_and_only_changes_are_recorded(shop: Shop) -> None:
    shop.bought(1, 1, 2)
    shop.publish("tag", "orders", rule=ORDERS)
    shop.publish("segment", "twice", rule=TWICE)
    assert shop.batch.work_off() == 3
    assert (shop.holders("tag", "orders"), shop.holders("segment", "twice")) == ({1: 2, 2: 1}, {1: True})
    shop.bought(2)
    shop.now_ms += HOUR
    assert shop.batch.work_off() == 2
    assert (shop.holders("tag", "orders"), shop.holders("segment", "twice")) == ({1: 2, 2: 2}, {1: True, 2: True})
    assert sorted(shop.changes(), key=str) == [(2, "orders", 1, 2), (2, "twice", None, True)]
    assert len(shop.changes(tag_values.SILENT)) == 3


def test_what_may_be_an_hour_old_is_worked_out_again_after_55_minutes_and_not_before(shop: Shop) -> None:
    shop.publish("tag", "orders", rule=ORDERS)
    shop.bought(1)
    assert shop.batch.work_off() == 1
    shop.bought(1)
    shop.now_ms += 55 * MINUTE - 1
    assert shop.batch.work_off() == 0
    shop.now_ms += 1
    assert shop.batch.work_off() == 1


def test_what_is_due_soon_is_worked_out_with_what_is_due(shop: Shop) -> None:
    shop.publish("tag", "orders", rule=ORDERS)
    shop.bought(1)
    shop.batch.work_off()
    shop.bought(1)
    shop.now_ms += HOUR // 2 + 1
    shop.publish("segment", "twice", rule={"when": {"measure": "count", "event": "buy", "op": "gte", "value": 2}})
    assert shop.batch.work_off() == 2
    assert (shop.holders("tag", "orders"), shop.holders("segment", "twice")) == ({1: 2}, {1: True})


def test_a_new_version_is_worked_out_at_once_and_takes_away_what_no_longer_holds(shop: Shop) -> None:
    shop.publish("tag", "orders", rule=ORDERS)
    shop.bought(1, 1, 2)
    shop.batch.work_off()
    shop.publish("tag", "orders", version=2, rule=ORDERS | {"when": {"measure": "count", "op": "gte", "value": 2}})
    assert shop.batch.work_off() == 1
    assert shop.holders("tag", "orders") == {1: 2}


def test_live_rules_and_values_of_others_are_left_alone(shop: Shop) -> None:
    shop.bought(1)
    shop.publish("tag", "orders", rule=ORDERS, freshness="live")
    shop.publish("tag", "given", origin="manual", value_type="text")
    assert shop.batch.work_off() == 0


def test_segments_of_identifiers_are_kept_too(shop: Shop) -> None:
    shop.bought(1, 2)
    phones = (("phone", "+8613912345678"), ("user_id", "u"))
    shop.events.insert_profiles([ProfileRow("default", 2, True, 0, phones, "{}", 1)])
    shop.publish("segment", "invited", identifiers=[{"type": "phone", "value": "+8613912345678"}])
    shop.batch.work_off()
    assert shop.holders("segment", "invited") == {2: True}


def test_statistics_come_from_their_question(shop: Shop) -> None:
    shop.bought(1, 1, 1, 2, 2, 3)
    question = {"weights": [{"event": "buy", "weight": 1}], "half_life": {"amount": 30, "unit": "day"}}
    shop.publish(
        "tag", "engaged", origin="statistic", value_type="number",
        statistic={"kind": "engagement", "question": question, "gives": "score"},
    )  # fmt: skip
    shop.publish(
        "tag", "often", origin="statistic", value_type="number",
        statistic={"kind": "rfm", "question": {"event": "buy"}, "gives": "frequency"},
    )  # fmt: skip
    shop.batch.work_off()
    assert shop.holders("tag", "engaged") == {1: 100, 2: 50, 3: 0}
    assert shop.holders("tag", "often") == {1: 3, 2: 2, 3: 1}


def test_one_that_cannot_be_worked_out_does_not_keep_others_from_it(shop: Shop) -> None:
    shop.bought(1)
    shop.publish("segment", "lost", saved_people="no-such-list")
    shop.publish("tag", "wrong", origin="statistic", value_type="text",
                 statistic={"kind": "rfm", "question": {"event": "buy"}, "gives": "no such figure"})  # fmt: skip
    shop.publish("tag", "orders", rule=ORDERS)
    assert shop.batch.work_off() == 1
    assert shop.holders("tag", "orders") == {1: 1}


def test_who_is_named_by_a_live_rule_is_looked_at_again(shop: Shop) -> None:
    shop.bought(1)
    shop.publish("tag", "orders", rule=ORDERS)
    shop.publish("segment", "buyers", rule={"when": {"tag": "orders", "op": "gte", "value": 1}}, freshness="live")
    shop.batch.work_off()
    with shop.hot.read() as connection:
        due = connection.execute("SELECT person, workspace, due_ms FROM tag_due").fetchall()
    assert due == [(1, "default", shop.now_ms)]


def test_who_was_not_touched_since_is_not_looked_at_again(shop: Shop) -> None:
    shop.bought(1, 2)
    shop.publish("tag", "orders", rule=ORDERS)
    shop.batch.work_off()
    with shop.hot.write() as connection:
        connection.execute("UPDATE tag_value SET value = '7'")
    shop.bought(2, at=START - 5 * HOUR)
    shop.now_ms += HOUR
    shop.batch.work_off()
    assert shop.holders("tag", "orders") == {1: 7, 2: 2}


def test_who_is_merged_loses_their_values_to_whom_they_became(shop: Shop) -> None:
    shop.bought(1, 2, 3)
    shop.publish("tag", "orders", rule=ORDERS)
    shop.batch.work_off()
    shop.events.insert_people([PersonRow("default", 3, 1, 1)])
    shop.now_ms += HOUR
    shop.batch.work_off()
    assert shop.holders("tag", "orders") == {1: 2, 2: 1}


def test_who_left_a_window_that_moved_loses_the_value(shop: Shop) -> None:
    last_hour = {"last": {"amount": 60, "unit": "minute"}}
    shop.bought(1, at=START)
    shop.bought(2, at=START + HOUR)
    shop.publish("tag", "lately", rule={"value": {"measure": "count", "event": "buy", "window": last_hour},
                                        "when": {"measure": "count", "event": "buy", "window": last_hour,
                                                 "op": "gte", "value": 1}})  # fmt: skip
    shop.now_ms = START + HOUR // 2
    shop.batch.work_off()
    assert shop.holders("tag", "lately") == {1: 1}
    shop.now_ms += HOUR
    shop.batch.work_off()
    assert shop.holders("tag", "lately") == {2: 1}


def test_more_definitions_than_are_worked_out_together_all_have_their_values(shop: Shop) -> None:
    shop.bought(1)
    keys = [f"orders_{number}" for number in range(DEFINITIONS_AT_ONCE + 1)]
    for key in keys:
        shop.publish("tag", key, rule=ORDERS)
    assert shop.batch.work_off() == len(keys)
    assert [shop.holders("tag", key) for key in keys] == [{1: 1}] * len(keys)


def test_what_a_publishing_changes_is_told_only_where_that_was_announced(shop: Shop) -> None:
    shop.bought(1)
    shop.publish("tag", "quiet", rule=ORDERS)
    shop.publish("tag", "loud", rule=ORDERS, announce=True)
    shop.batch.work_off()
    assert (shop.changes(tag_values.SILENT), shop.changes()) == ([(1, "quiet", None, 1)], [(1, "loud", None, 1)])


def test_a_first_pass_that_a_restart_put_off_is_silent_still_and_the_next_one_is_told(shop: Shop) -> None:
    """A start makes everything due; what people did meanwhile is no doing of a publishing."""
    shop.bought(1)
    shop.publish("tag", "orders", rule=ORDERS)
    shop.start_again()
    shop.batch.work_off()
    assert shop.changes() == []
    shop.bought(1)
    shop.start_again()
    shop.batch.work_off()
    assert shop.changes() == [(1, "orders", 1, 2)]


def test_what_names_something_that_was_published_anew_changes_silently_too(shop: Shop) -> None:
    shop.bought(1, 1)
    shop.publish("tag", "orders", rule=ORDERS)
    shop.publish("segment", "twice", rule=TWICE)
    shop.publish("segment", "often", rule={"when": {"segment": "twice"}})
    shop.batch.work_off()
    nobodys = ORDERS | {"when": {"measure": "count", "op": "gte", "value": 9}}
    shop.publish("tag", "orders", version=2, rule=nobodys)
    shop.now_ms += HOUR
    assert shop.batch.work_off() == 3
    assert shop.changes() == []


def test_a_value_of_a_batch_that_flaps_is_told_ten_times_and_then_once_a_minute(shop: Shop) -> None:
    shop.bought(1)
    shop.publish("tag", "orders", rule=ORDERS)
    shop.batch.work_off()
    for _ in range(13):
        shop.bought(1)
        shop.now_ms += 3_000
        shop.start_again()
        shop.batch.work_off()
    assert [new for _, _, _, new in shop.changes()] == [*range(2, 12)]
    assert [new for _, _, _, new in shop.changes(tag_values.DAMPED)] == [12, 13, 14]
    shop.now_ms += 60_000
    with shop.hot.write() as connection:
        [newest] = shop.telling.tell_held(connection, shop.now_ms)
    assert (newest.old, newest.new, newest.cause) == (11, 14, "damped")
