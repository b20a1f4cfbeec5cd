"""What people have now, and the log of changes, over a real file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from zuji.store import tag_values
from zuji.store.hot import HotStore
from zuji.store.tag_values import DAMPED, SILENT, TOLD, Name, NewChange, NewValue, TagChange, TagValue

SHOP, OTHER = "shop", "other"
STAGE: Name = ("tag", "stage")


@pytest.fixture
def hot(tmp_path: Path) -> Iterator[HotStore]:
    store = HotStore(tmp_path / "hot.sqlite")
    yield store
    store.close()


def a_value(person: int, value: object, *, workspace: str = SHOP, key: str = "stage", since: int = 5) -> NewValue:
    return NewValue(workspace, person, "tag", key, value, since, 1)


def a_change(person: int, new: object = "old", **other: object) -> NewChange:
    change = NewChange(
        workspace=SHOP, person=person, kind="tag", key="stage", old=None, new=new, cause="event", at_ms=7
    )
    return replace(change, **other)  # type: ignore[arg-type]


def test_what_is_written_is_read_per_person_and_workspace(hot: HotStore) -> None:
    with hot.write() as connection:
        tag_values.write_values(connection, [a_value(1, "new"), a_value(2, ["红", "blue"]), a_value(3, True)])
        tag_values.write_values(connection, [a_value(1, "elsewhere", workspace=OTHER)])
        tag_values.write_values(connection, [a_value(1, "old", since=9), a_value(3, None)])
    with hot.read() as connection:
        assert tag_values.values_of(connection, SHOP, [1, 2, 3, 4]) == {
            1: {STAGE: TagValue("old", 9, 1)},
            2: {STAGE: TagValue(["红", "blue"], 5, 1)},
        }
        assert dict(tag_values.holders(connection, SHOP, "tag", "stage")) == {1: "old", 2: ["红", "blue"]}
        assert tag_values.counts(connection, OTHER) == {STAGE: 1}


def test_the_newest_values_come_without_since_when_and_under_the_names_that_are_handed_in(hot: HotStore) -> None:
    with hot.write() as connection:
        tag_values.write_values(connection, [a_value(1, True), a_value(1, 2, key="visits"), a_value(2, "true")])
        tag_values.write_values(connection, [a_value(1, "elsewhere", workspace=OTHER)])
    with hot.read() as connection:
        found = tag_values.newest_of(connection, SHOP, [1, 2, 3], {STAGE: STAGE})
    assert found == {1: {STAGE: True, ("tag", "visits"): 2}, 2: {STAGE: "true"}}
    assert [name is STAGE for name in found[2]] == [True]


def test_changes_come_in_order_and_only_those_for_subscribers_unless_all_are_wanted(hot: HotStore) -> None:
    with hot.write() as connection:
        changes = [a_change(1), a_change(2, told=SILENT), a_change(3, told=DAMPED), a_change(4, workspace=OTHER)]
        tag_values.record(connection, [*changes, a_change(5, None, old="new", cause_event_id="e-1")], readable_at_ms=8)
    with hot.read() as connection:
        told = tag_values.changes_after(connection, SHOP, 0, 10)
        assert [change.person for change in told] == [1, 5]
        assert told[1] == TagChange(
            workspace=SHOP, person=5, kind="tag", key="stage", old="new", new=None, cause="event",
            cause_event_id="e-1", at_ms=7, told=TOLD, number=5, readable_at_ms=8,
        )  # fmt: skip
        assert [one.person for one in tag_values.changes_after(connection, SHOP, 1, 2, told=None)] == [2, 3]
        assert [one.number for one in tag_values.changes_of(connection, SHOP, 3, 10)] == [3]
        assert tag_values.newest_change(connection) == 5


def test_replacing_all_of_a_tag_records_only_what_differs(hot: HotStore) -> None:
    with hot.write() as connection:
        tag_values.write_values(connection, [a_value(1, "new"), a_value(2, "old"), a_value(3, "old")])
        values = {1: "new", 2: "gone", 4: "new"}
        assert tag_values.replace_all(connection, SHOP, STAGE, values, version=2, at_ms=50) == 3
    with hot.read() as connection:
        assert tag_values.values_of(connection, SHOP, [1, 2, 3, 4]) == {
            1: {STAGE: TagValue("new", 5, 1)},
            2: {STAGE: TagValue("gone", 50, 2)},
            4: {STAGE: TagValue("new", 50, 2)},
        }
        changes = tag_values.changes_after(connection, SHOP, 0, 10, told=SILENT)
        assert sorted((one.person, one.old, one.new) for one in changes) == [
            (2, "old", "gone"),
            (3, "old", None),
            (4, None, "new"),
        ]
