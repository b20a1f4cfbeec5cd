"""Live tags in a running engine, with all real parts: what an event, the time, a merge, a publishing changes."""

from __future__ import annotations

from pathlib import Path

from engine_world import NOON_MS, World, running
from tag_world import (
    BUYER,
    DAY_MS,
    HOT_NOW,
    HOUR_MS,
    LOCAL,
    MINUTE_MS,
    REGULAR,
    SPENT,
    backfilled,
    changes,
    event,
    log_in,
    publish,
    tags,
    taken,
    until,
)

from zuji.run.batch_writing import BatchWriting
from zuji.run.publishing import plan_publishing
from zuji.store import tag_states
from zuji.store.tag_values import SILENT
from zuji.tag.definition import decision_body, read_definition


def test_an_event_flips_a_tag_and_the_change_says_why_and_how_long_it_took(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        publish(world, "buyer", BUYER)
        world.send(event("Product Viewed", 1), event("Order Completed", 2))
        taken(world)
        assert tags(world) == {"d-1": {"buyer": True}}
        [change] = changes(world)
        assert (change.key, change.old, change.new, change.cause) == ("buyer", None, True, "event")
        assert (change.cause_event_id, change.received_at_ms, change.at_ms) == ("m-2", NOON_MS, NOON_MS)
        assert world.engine.tagger.latency.figures(NOON_MS).changes == 1


def test_a_late_event_counts_like_any_other(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        publish(world, "spent", SPENT)
        world.send(event("Order Completed", 1, total=10))
        taken(world)
        world.send(event("Order Completed", 2, ago_ms=400 * DAY_MS, total="2.5"))
        taken(world)
        assert tags(world) == {"d-1": {"spent": 12.5}}


def test_a_merge_combines_and_a_split_gives_back(tmp_path: Path) -> None:
    one, other = {"type": "anonymous_id", "value": "d-1"}, {"type": "anonymous_id", "value": "d-2"}
    with running(tmp_path) as world:
        publish(world, "spent", SPENT)
        world.send(event("Order Completed", 1, total=10), event("Order Completed", 2, who="d-2", total=5))
        taken(world)
        apart = {"d-1": {"spent": 10}, "d-2": {"spent": 5}}
        assert tags(world) == apart
        world.decide("merge", "merge-1", a=one, b=other)
        taken(world)
        assert tags(world) == {"d-1": {"spent": 15}}
        assert {change.cause for change in changes(world)[2:]} == {"identity"}
        world.decide("split", "split-1", profile=one, leaving=[other])
        taken(world)
        assert tags(world) == apart


def test_a_shared_device_counts_for_whom_it_belonged_to_at_the_time(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        publish(world, "spent", SPENT)
        world.send(log_in("ann", who="d-1", number=1, ago_ms=9 * HOUR_MS))
        world.send(event("Order Completed", 2, ago_ms=8 * HOUR_MS, total=1))
        world.send(log_in("bob", who="d-1", number=3, ago_ms=5 * HOUR_MS))
        world.send(event("Order Completed", 4, ago_ms=4 * HOUR_MS, total=10))
        taken(world)
        assert tags(world) == {"ann": {"spent": 1}, "bob": {"spent": 10}}
        world.send(event("Order Completed", 5, ago_ms=7 * HOUR_MS, total=100))
        taken(world)
        assert tags(world) == {"ann": {"spent": 101}, "bob": {"spent": 10}}
        # A log-in that comes late moves the boundary over an event that was counted already.
        world.send(log_in("bob", who="d-1", number=6, ago_ms=8 * HOUR_MS + MINUTE_MS))
        taken(world)
        assert tags(world) == {"ann": {"spent": 0}, "bob": {"spent": 111}}


def test_a_window_expires_without_any_event(tmp_path: Path) -> None:
    now = [NOON_MS]
    with running(tmp_path, now_ms=lambda: now[0]) as world:
        publish(world, "hot_now", HOT_NOW)
        world.send(event("Product Viewed", 1, ago_ms=5 * MINUTE_MS), event("Product Viewed", 2))
        taken(world)
        assert tags(world) == {"d-1": {"hot_now": True}}
        now[0] += 54 * MINUTE_MS
        world.send(event("Something Else", 3, who="d-9"))
        taken(world)
        assert tags(world) == {"d-1": {"hot_now": True}}
        now[0] += 2 * MINUTE_MS
        until(lambda: tags(world) == {})
        assert [(one.new, one.cause) for one in changes(world)] == [(True, "event"), (None, "time")]


def test_traits_flip_tags_and_the_cause_is_the_trait(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        publish(world, "local", LOCAL)
        world.send(event("Product Viewed", 1, who="d-1"))
        world.send(log_in("ann", who="d-1", number=2, city="Shanghai"))
        taken(world)
        assert tags(world) == {"ann": {"local": True}}
        world.send(log_in("ann", who="d-1", number=3, city="Beijing"))
        taken(world)
        assert tags(world) == {}
        assert [one.cause for one in changes(world)] == ["trait", "trait"]


def test_publishing_on_history_gives_what_living_through_it_gives_and_is_silent(tmp_path: Path) -> None:
    def live(world: World) -> None:
        for number in range(40):
            user = f"u-{number % 5}" if number % 4 == 0 else ""
            who = f"d-{number % 7}"
            world.send(event("Order Completed", number, who=who, user=user, total=number, ago_ms=number * HOUR_MS))
        world.decide(
            "merge", "merge-1", a={"type": "anonymous_id", "value": "d-5"}, b={"type": "anonymous_id", "value": "d-6"}
        )

    def rules(world: World) -> None:
        for key, rule in (("buyer", BUYER), ("regular", REGULAR), ("spent", SPENT)):
            publish(world, key, rule)

    with running(tmp_path / "first") as first:
        rules(first)
        live(first)
        taken(first)
        lived = tags(first)
    with running(tmp_path / "later") as later:
        live(later)
        taken(later)
        rules(later)
        backfilled(later)
        assert tags(later) == lived != {}
        assert changes(later) == []
        assert {one.cause for one in changes(later, SILENT)} == {"publish"}


def test_an_edited_rule_holds_for_everybody_and_an_ended_one_for_nobody(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        publish(world, "buyer", BUYER)
        world.send(*[event("Order Completed", number, who=f"d-{number % 3}") for number in range(7)])
        taken(world)
        assert tags(world) == {f"d-{number}": {"buyer": True} for number in range(3)}
        publish(world, "buyer", REGULAR, version=2)
        backfilled(world)
        assert tags(world) == {"d-0": {"buyer": True}}
        publish(world, "buyer", None, version=2)
        backfilled(world)
        assert tags(world) == {}
        publish(world, "buyer", BUYER, version=3)
        backfilled(world)
        assert len(tags(world)) == 3


def test_events_taken_while_no_rule_was_live_are_not_missed(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        publish(world, "spent", SPENT)
        world.send(event("Order Completed", 1, total=1))
        taken(world)
        publish(world, "spent", None)
        backfilled(world)
        world.send(event("Order Completed", 2, total=10))
        taken(world)
        publish(world, "spent", SPENT, version=2)
        backfilled(world)
        assert tags(world) == {"d-1": {"spent": 11}}


def test_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        publish(world, "spent", SPENT)
        world.send(event("Order Completed", 1, total=1))
        taken(world)
    with running(tmp_path) as world:
        world.send(event("Order Completed", 2, total=10), event("Order Completed", 1, total=1))
        taken(world)
        assert tags(world) == {"d-1": {"spent": 11}}
        assert world.engine.tagger.books("default").states.recomputed == 0  # type: ignore[union-attr]


def test_the_deletion_of_a_source_takes_its_events_out_of_the_figures(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        publish(world, "spent", SPENT)
        world.send(event("Order Completed", 1, total=1))
        world.send(event("Order Completed", 2, total=10), source="rehearsal")
        taken(world)
        assert tags(world) == {"d-1": {"spent": 11}}
        world.decide("delete_source_data", "delete-1", source="rehearsal")
        taken(world)
        until(lambda: tags(world) == {"d-1": {"spent": 1}})


def test_without_live_rules_nothing_is_kept(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        world.send(event("Order Completed", 1))
        taken(world)
        assert world.engine.tagger.is_idle
        with world.engine.hot.read() as connection:
            assert tag_states.load(connection, range(10)) == {}


def test_a_value_that_flaps_is_told_ten_times_and_then_its_newest_once_a_minute(tmp_path: Path) -> None:
    now = [NOON_MS]
    with running(tmp_path, now_ms=lambda: now[0]) as world:
        publish(world, "spent", SPENT)
        for number in range(15):
            world.send(event("Order Completed", number, total=1))
            taken(world)
        told = changes(world)
        assert [one.new for one in told] == list(range(1, 11))
        now[0] += MINUTE_MS
        until(lambda: len(changes(world)) == 11)
        newest = changes(world)[-1]
        assert (newest.old, newest.new, newest.cause) == (10, 15, "damped")


def test_a_value_of_a_batch_that_flaps_is_told_once_a_minute_though_no_rule_is_live(tmp_path: Path) -> None:
    now = [NOON_MS]
    with running(tmp_path, now_ms=lambda: now[0]) as world:
        engine = world.engine
        document = {
            "key": "spent",
            "name": {"en": "spent", "zh": "spent"},
            "family": "value_tier",
            "freshness": "batch",
        }
        spent = read_definition("tag", document | {"rule": SPENT}, version=1)
        with engine.hot.write() as connection:
            plan_publishing(connection, "default", decision_body(spent, by="tester"), NOON_MS).write(connection)
        writing = BatchWriting(
            hot=engine.hot, telling=engine.tagger.telling, batch_lock=engine.ingest.batch_lock, now_ms=lambda: now[0]
        )
        writing.first_pass_is_over("default", spent, known_ms=now[0])
        for number in range(1, 16):
            moved = [(7, None if number == 1 else str(number - 1), str(number))]
            writing.write("default", spent, moved, at_ms=now[0], is_named_live=False, is_stopped=lambda: False)
        assert [one.new for one in changes(world)] == list(range(1, 11))
        now[0] += MINUTE_MS
        until(lambda: len(changes(world)) == 11)
        newest = changes(world)[-1]
        assert (newest.old, newest.new, newest.cause) == (10, 15, "damped")


def test_log_ins_that_take_turns_on_a_device_read_nothing_from_the_store(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        publish(world, "spent", SPENT)
        for turn in range(4):
            user, ago = ("ann", "bob")[turn % 2], (9 - turn) * HOUR_MS
            world.send(log_in(user, who="d-1", number=f"in-{turn}", ago_ms=ago))
            world.send(event("Order Completed", turn, ago_ms=ago - MINUTE_MS, total=10**turn))
            taken(world)
        assert tags(world) == {"ann": {"spent": 101}, "bob": {"spent": 1010}}
        assert world.engine.tagger.books("default").states.recomputed == 0  # type: ignore[union-attr]


def test_whoever_has_more_than_states_hold_is_worked_out_from_the_events(tmp_path: Path) -> None:
    different = {"value": {"measure": "distinct", "event": "Product Viewed", "property": "sku"}}
    with running(tmp_path) as world:
        publish(world, "different", different)
        world.send(*[event("Product Viewed", number, sku=f"s-{number}") for number in range(230)])
        taken(world)
        assert tags(world) == {"d-1": {"different": 230}}
        world.send(event("Product Viewed", "once more", sku="s-0"), event("Product Viewed", "another", sku="new"))
        taken(world)
        assert tags(world) == {"d-1": {"different": 231}}
