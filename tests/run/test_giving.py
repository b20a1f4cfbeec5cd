"""Values that others give, in a running engine with all real parts: said, moved with people, ended by the time."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from engine_world import NOON_MS, World, running
from tag_world import DAY_MS, HOUR_MS, MINUTE_MS, backfilled, changes, event, log_in, publish, tags, taken, until

from zuji.run.tag_rows import TagRows
from zuji.store import decision_outcomes, given_tags, tag_live, tag_values
from zuji.tag.catalogue import definitions_in
from zuji.tag.definition import decision_body, read_definition
from zuji.tag.graph import in_force
from zuji.tag.history import Asked, rule_query
from zuji.terms.period import Calendar

IS_GOLD = {"when": {"tag": "grade", "op": "equals", "value": "gold"}}


def define(world: World, *, key: str = "grade", version: int = 1, value_type: str = "text", **more: Any) -> None:
    """Publish a tag whose values are given."""
    document = {
        "key": key, "name": {"en": key, "zh": key}, "family": "value_tier", "origin": "manual",
        "value_type": value_type, **more,
    }  # fmt: skip
    body = decision_body(read_definition("tag", document, version=version), by="tester")
    world.decide("publish", f"publish-{key}-{version}-False", **body)


def give(world: World, number: int | str, *words: tuple[str, Any], key: str = "grade") -> dict[str, Any]:
    """Say these of devices; gives what the engine answers."""
    values = [["anonymous_id", device, value] for device, value in words]
    world.decide("give", f"give-{number}", decision="give", key=key, values=values)
    return outcome(world, f"give-{number}")


def outcome(world: World, message_id: str) -> dict[str, Any]:
    taken(world)
    with world.engine.hot.read() as connection:
        found = decision_outcomes.get(connection, message_id)
    assert found is not None
    return dict(found)


def named(device: str) -> dict[str, str]:
    return {"type": "anonymous_id", "value": device}


def test_a_value_is_given_and_taken_away_and_live_rules_know_at_once(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        define(world)
        publish(world, "is_gold", IS_GOLD)
        world.send(event("Page", 1), event("Page", 2, who="d-2"))
        backfilled(world)
        assert give(world, 1, ("d-1", "gold"), ("nobody", "gold")) == {
            "given": 1, "unknown": [["anonymous_id", "nobody"]],
        }  # fmt: skip
        assert tags(world) == {"d-1": {"grade": "gold", "is_gold": True}}
        give(world, 2, ("d-1", None))
        assert tags(world) == {}
        told = [(one.key, one.old, one.new, one.cause) for one in changes(world)]
        assert told == [
            ("grade", None, "gold", "set"),
            ("is_gold", None, True, "set"),
            ("grade", "gold", None, "set"),
            ("is_gold", True, None, "set"),
        ]


def test_a_merge_keeps_the_newer_value_and_a_split_gives_each_side_its_own(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        define(world)
        publish(world, "is_gold", IS_GOLD)
        world.send(event("Page", 1), event("Page", 2, who="d-2"))
        give(world, 1, ("d-1", "silver"))
        give(world, 2, ("d-2", "gold"))
        apart = {"d-1": {"grade": "silver"}, "d-2": {"grade": "gold", "is_gold": True}}
        assert tags(world) == apart
        world.decide("merge", "merge-1", a=named("d-1"), b=named("d-2"))
        taken(world)
        assert tags(world) == {"d-1": {"grade": "gold", "is_gold": True}}
        world.decide("split", "split-1", profile=named("d-1"), leaving=[named("d-2")])
        taken(world)
        assert tags(world) == apart


def test_taking_away_takes_from_the_whole_person(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        define(world)
        world.send(event("Page", 1), event("Page", 2, who="d-2"))
        give(world, 1, ("d-1", "silver"))
        world.decide("merge", "merge-1", a=named("d-1"), b=named("d-2"))
        give(world, 2, ("d-2", None))
        assert tags(world) == {}


def test_a_value_ends_when_its_time_is_over_unless_it_is_said_again(tmp_path: Path) -> None:
    now = [NOON_MS]
    with running(tmp_path, now_ms=lambda: now[0]) as world:
        define(world, validity_days=2)
        publish(world, "is_gold", IS_GOLD)
        world.send(event("Page", 1), event("Page", 2, who="d-2"))
        give(world, 1, ("d-1", "gold"), ("d-2", "gold"))
        now[0] = world.now_ms = NOON_MS + DAY_MS
        give(world, 2, ("d-2", "gold"))
        now[0] = NOON_MS + 2 * DAY_MS
        gold = {"grade": "gold", "is_gold": True}
        until(lambda: tags(world) == {"d-2": gold})
        last = changes(world)[-2:]
        assert [(one.key, one.new, one.cause) for one in last] == [("grade", None, "time"), ("is_gold", None, "time")]
        now[0] = NOON_MS + 3 * DAY_MS
        until(lambda: tags(world) == {})


def test_a_new_version_moves_the_end_of_what_was_said(tmp_path: Path) -> None:
    now = [NOON_MS]
    with running(tmp_path, now_ms=lambda: now[0]) as world:
        define(world)
        world.send(event("Page", 1))
        give(world, 1, ("d-1", "gold"))
        now[0] = NOON_MS + 5 * DAY_MS
        define(world, version=2, validity_days=3)
        taken(world)
        now[0] += MINUTE_MS
        until(lambda: tags(world) == {})


@pytest.mark.parametrize(
    ("value_type", "value", "error"), [("number", "gold", "bad_request"), ("text", 5, "bad_request")]
)
def test_a_value_of_another_type_is_refused_and_nothing_is_given(
    tmp_path: Path, value_type: str, value: Any, error: str
) -> None:
    with running(tmp_path) as world:
        define(world, value_type=value_type)
        world.send(event("Page", 1))
        assert give(world, 1, ("d-1", value))["error"] == error
        assert tags(world) == {}


def test_what_rules_work_out_cannot_be_given(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        publish(world, "is_big", {"when": {"measure": "count", "op": "gte", "value": 9}})
        world.send(event("Page", 1))
        assert give(world, 1, ("d-1", True), key="is_big")["error"] == "conflict"
        assert give(world, 2, ("d-1", True), key="no_such_tag")["error"] == "not_found"


def test_ending_a_tag_forgets_its_words_and_another_type_needs_that(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        define(world)
        world.send(event("Page", 1))
        give(world, 1, ("d-1", "gold"))
        define(world, version=2, value_type="number")
        assert outcome(world, "publish-grade-2-False")["error"] == "conflict"
        publish(world, "grade", None, version=3)
        taken(world)
        assert tags(world) == {}
        define(world, version=4, value_type="number")
        give(world, 2, ("d-1", 0.5))
        assert tags(world) == {"d-1": {"grade": 0.5}}


def test_values_outlive_a_restart_and_end_after_it(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        define(world, validity_days=1)
        world.send(event("Page", 1))
        give(world, 1, ("d-1", "gold"))
    with running(tmp_path) as world:
        assert tags(world) == {"d-1": {"grade": "gold"}}
    with running(tmp_path, now_ms=lambda: NOON_MS + DAY_MS) as world:
        until(lambda: tags(world) == {})
        with world.engine.hot.read() as connection:
            assert not given_tags.holds_any(connection, "default", "grade")


@pytest.mark.parametrize("seed", range(4))
def test_both_executors_agree_with_a_slow_reference_on_random_words(tmp_path: Path, seed: int) -> None:
    """Words, merges, splits and days that pass; `is_gold` is asked live and of history, the reference reads a log."""
    random, now = Random(seed), [NOON_MS]
    devices = [f"d-{number}" for number in range(5)]
    log: list[tuple[str, Any, int]] = []
    groups = [{device} for device in devices]
    with running(tmp_path, now_ms=lambda: now[0]) as world:
        copies = TagRows(hot=world.engine.hot, events=world.engine.events, now_ms=lambda: now[0])
        define(world, validity_days=3)
        publish(world, "is_gold", IS_GOLD)
        world.send(*(event("Page", device, who=device) for device in devices))
        backfilled(world)
        for step in range(14):
            act = random.random()
            if act < 0.5:
                words = [(random.choice(devices), random.choice(["gold", "silver", None])) for _ in range(2)]
                give(world, step, *words)
                log += [(device, value, now[0]) for device, value in words]
            elif act < 0.65 and len(groups) > 1:
                one, other = random.sample(groups, 2)
                world.decide("merge", f"merge-{step}", a=named(min(one)), b=named(min(other)))
                if outcome(world, f"merge-{step}").get("merged"):
                    groups = [group for group in groups if group not in (one, other)] + [one | other]
            elif act < 0.75 and any(len(group) > 1 for group in groups):
                group = next(group for group in groups if len(group) > 1)
                leaving = max(group)
                world.decide("split", f"split-{step}", profile=named(min(group)), leaving=[named(leaving)])
                taken(world)
                groups = [each for each in groups if each is not group] + [group - {leaving}, {leaving}]
            else:
                now[0] = world.now_ms = now[0] + random.randrange(1, 40) * HOUR_MS
            expected = reference(groups, log, now[0])
            until(lambda: {who: said.get("grade") for who, said in tags(world).items()} == expected)  # noqa: B023
            gold = {who for who, value in expected.items() if value == "gold"}
            until(lambda: {who for who, said in tags(world).items() if said.get("is_gold")} == gold)  # noqa: B023
            world.settle()
            while copies.copy_some():
                pass
            assert len(in_history(world, now[0])) == len(gold)
            assert in_history(world, now[0]) == live(world)


def reference(groups: list[set[str]], log: list[tuple[str, Any, int]], now_ms: int) -> dict[str, str]:
    """By the first device of each person: the last word about any of their devices that has not ended."""
    found = {}
    for group in groups:
        words = [value for device, value, at in log if device in group and now_ms < at + 3 * DAY_MS]
        if words and words[-1] is not None:
            found[min(group)] = words[-1]
    return found


def live(world: World) -> set[int]:
    with world.engine.hot.read() as connection:
        return {person for person, _ in tag_values.holders(connection, "default", "tag", "is_gold")}


def in_history(world: World, now_ms: int) -> set[int]:
    with world.engine.hot.read() as connection:
        published = in_force(definitions_in(tag_live.published(connection, "default")))
    rule = published.by_key("tag", "is_gold").rule
    assert rule is not None
    whose = world.engine.events.person_of_event()
    asked = Asked("default", whose, Calendar(ZoneInfo("UTC")), now_ms, published)
    return set(world.engine.events.query(rule_query(rule, asked))["person"].to_pylist())


def test_somebody_new_to_whom_a_device_turns_out_to_belong_has_its_value_and_live_rules_know(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        define(world)
        publish(world, "is_gold", IS_GOLD)
        world.send(log_in("u-1", who="d-1", number=1, ago_ms=20 * MINUTE_MS))
        backfilled(world)
        give(world, 1, ("d-1", "gold"))
        world.send(log_in("u-2", who="d-1", number=2, ago_ms=10 * MINUTE_MS))
        taken(world)
        assert sorted(tags(world).values(), key=str) == [{"grade": "gold", "is_gold": True}]
