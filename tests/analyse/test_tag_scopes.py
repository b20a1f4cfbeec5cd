"""Questions about people by their tags and segments as they are now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analyse.engine import Engine, Loaded
from analyse.hand import HOUR, happened, week, world_of
from zuji.analyse.ask import Asked, Asker, Asking
from zuji.analyse.settled import TagsNow
from zuji.run.tag_rows import TagRows
from zuji.store import tag_live, tag_values
from zuji.store.hot import HotStore
from zuji.store.tag_live import LiveRow
from zuji.store.tag_values import Kind
from zuji.terms.error import BadQuestion

NOW = 1_780_000_000_000


class Tagged:
    """People 1 to 4 who each did A, with tags that tests give them, and 5 who did B."""

    def __init__(self, folder: Path) -> None:
        self.engine = Engine(folder / "events")
        self.hot = HotStore(folder / "hot.sqlite")
        self.loaded: Loaded = self.engine.load(
            world_of(*(happened("A", HOUR * person, person) for person in (1, 2, 3, 4)), happened("B", 0, 5))
        )
        self.rows = TagRows(hot=self.hot, events=self.engine.store, now_ms=lambda: NOW)
        self.asker = Asker(self.engine.store, now_ms=lambda: NOW, tags=TagsNow(self.rows.defined, self.rows.as_of_ms))

    def close(self) -> None:
        self.engine.close()
        self.hot.close()

    def give(self, kind: Kind, key: str, values: dict[int, Any]) -> None:
        """These people have this now, and nobody else has any."""
        moved = {self.loaded.moved(person): value for person, value in values.items()}
        with self.hot.write() as connection:
            tag_live.publish(connection, LiveRow(self.loaded.workspace, kind, key, 1, {"key": key}))
            tag_values.replace_all(connection, self.loaded.workspace, (kind, key), moved, version=1, at_ms=0)
        while self.rows.copy_some():
            pass

    def ask(self, kind: str = "trend", **question: Any) -> Asked:
        return self.asker.ask(kind, week(**question), Asking(self.loaded.workspace, "UTC"))

    def count(self, where: dict[str, Any]) -> float:
        """How many people who did A pass."""
        answer = self.ask(series=[{"event": "A", "where": [where], "math": "unique_users"}], interval="week").answer
        return sum(answer["series"][0]["values"])


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tagged]:
    opened = Tagged(tmp_path_factory.mktemp("tagged"))
    opened.give("tag", "tier", {1: "gold", 2: "silver", 5: "gold"})
    opened.give("tag", "likes", {1: ["shoes", "hats"], 2: ["hats"], 3: ["bags"]})
    opened.give("tag", "orders", {1: 3, 2: 12.5})
    opened.give("segment", "best", {1: True, 2: True, 4: True})
    yield opened
    opened.close()


def tag(name: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"property": name, "scope": "tag", "op": op, "value": value}


@pytest.mark.parametrize(
    ("where", "people"),
    [
        (tag("tier", "equals", "gold"), 1),
        (tag("tier", "not_equals", "gold"), 3),
        (tag("tier", "is_set"), 2),
        (tag("tier", "is_not_set"), 2),
        (tag("likes", "equals", "hats"), 2),
        (tag("likes", "not_equals", ["hats", "x"]), 2),
        (tag("likes", "contains", "HO"), 1),
        (tag("orders", "gte", 3), 2),
        (tag("orders", "equals", 12.5), 1),
        ({"scope": "segment", "op": "in_segment", "value": "best"}, 3),
        ({"not": {"scope": "segment", "op": "in_segment", "value": "best"}}, 1),
    ],
    ids=str,
)
def test_people_are_chosen_by_what_is_said_about_them(where: dict[str, Any], people: int, tagged: Tagged) -> None:
    assert tagged.count(where) == people


@pytest.mark.parametrize(
    ("scope", "name", "groups"),
    [
        ("tag", "tier", {("gold",): 1, ("silver",): 1, (None,): 2}),
        ("tag", "likes", {('["shoes","hats"]',): 1, ('["hats"]',): 1, ('["bags"]',): 1, (None,): 1}),
        ("segment", "best", {("true",): 3, (None,): 1}),
        ("tag", ["tier", "orders"], {("gold", "3"): 1, ("silver", "12.5"): 1, (None, None): 2}),
    ],
)
def test_groups_are_named_by_what_is_said_about_people(
    scope: str, name: Any, groups: dict[tuple[Any, ...], int], tagged: Tagged
) -> None:
    question = {"series": [{"event": "A", "math": "unique_users"}], "interval": "week"}
    found = tagged.ask(**question, breakdown={"property": name, "scope": scope}).answer
    assert {tuple(one["value"]): sum(one["series"][0]["values"]) for one in found["by_breakdown"]} == groups


@pytest.mark.parametrize("kind", ["funnel", "retention", "session", "distribution"])
def test_other_kinds_take_such_groups_too(kind: str, tagged: Tagged) -> None:
    own: dict[str, dict[str, Any]] = {
        "funnel": {"steps": [{"event": "A"}, {"event": "B"}]},
        "retention": {"target": {"event": "A"}, "returning": {"event": "A"}},
        "session": {},
        "distribution": {"event": "A"},
    }
    found = tagged.ask(kind, **own[kind], breakdown={"property": "tier", "scope": "tag"}).answer
    assert {one["value"][0] for one in found["by_breakdown"]} >= {"gold", "silver", None}


def test_what_nobody_defined_is_refused_and_how_new_it_is_is_said(tagged: Tagged) -> None:
    with pytest.raises(BadQuestion, match="there is no tag 'nobody'"):
        tagged.count(tag("nobody", "is_set"))
    with pytest.raises(BadQuestion, match="there is no segment 'tier'"):
        tagged.count({"scope": "segment", "op": "in_segment", "value": "tier"})
    notes = tagged.ask(series=[{"event": "A", "where": [tag("tier", "is_set")]}]).notes
    assert "Tags and segments have everything up to 2026-05-28T20:26:40.000+00:00." in notes


def test_changes_are_followed_and_answers_given_before_are_not_given_again(tagged: Tagged) -> None:
    tagged.give("segment", "moving", {1: True, 2: True})
    moving = {"scope": "segment", "op": "in_segment", "value": "moving"}
    assert tagged.count(moving) == 2
    tagged.give("segment", "moving", {2: True, 3: True, 4: True})
    assert tagged.count(moving) == 3
    again = TagRows(hot=tagged.hot, events=tagged.engine.store, now_ms=lambda: NOW)
    assert again.as_of_ms() is None
    assert again.copy_some() == 0, "a new start goes on where the copy ends"
    assert again.as_of_ms() == NOW
