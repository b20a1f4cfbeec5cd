"""Traits are folded from statements; where each comes from is told."""

from __future__ import annotations

from typing import Any

import pytest
from worlds import World, login, one, said, seen

from zuji.identify.profile import Profile, profile
from zuji.terms.subject import Statement, TraitOperation


def says(operation: TraitOperation, value: Any = None, name: str = "plan") -> tuple[Statement, ...]:
    return (Statement(operation, name, value),)


def ann(world: World) -> Profile:
    found = profile(world.hot, "shop", one("u:ann"))
    assert found is not None
    return found


def plan(world: World) -> Any:
    trait = ann(world).traits.get("plan")
    return trait.value if trait is not None else None


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    ("story", "value"),
    [
        ([says("set", "tin"), says("set", "gold")], "gold"),
        ([says("set_once", "tin"), says("set_once", "gold")], "tin"),
        ([says("set", "tin"), says("set_once", "gold")], "tin"),
        ([says("set", 5), says("add", 2), says("add", 3)], 10),
        ([says("add", 2), says("set", 5)], 5),
        ([says("add", 2)], 2),
        ([says("append", "a"), says("append", ["b", "a"])], ["a", "b"]),
        ([says("set", "gold"), says("unset")], None),
        ([says("unset"), says("set", "gold")], "gold"),
        ([says("set", "gold"), says("delete", name="")], None),
        ([says("set", 2**200), says("add", -(2**64))], 2**200 - 2**64),
        ([says("append", -(2**63) - 1), says("append", {"deep": [2**64]})], [-(2**63) - 1, {"deep": [2**64]}]),
        ([says("set", 10**400), says("add", 0.5)], 10**400),
    ],
)
def test_statements_fold_in_the_order_of_event_time(world: World, story: Any, value: Any, backwards: bool) -> None:
    events = [said("together", "u:ann", at=at, key="secret", statements=words) for at, words in enumerate(story)]
    world.tell_each(reversed(events) if backwards else events)
    assert plan(world) == value


def test_a_secret_key_outranks_a_newer_public_one(world: World) -> None:
    world.tell(said("together", "u:ann", key="secret", statements=says("set", "gold")))
    world.tell(said("together", "u:ann", at=5, statements=says("set", "tin")))
    assert plan(world) == "gold"


def test_what_the_anonymous_side_said_before_the_link_stands_below_the_known_side(world: World) -> None:
    world.tell(said("together", "u:ann", at=0, statements=says("set", "gold")))
    world.tell(seen("a:x", at=5, statements=says("set", "tin")))
    world.tell(login("u:ann", "a:x", at=9))
    assert plan(world) == "gold"


def test_on_a_shared_device_each_statement_belongs_to_who_was_logged_in(world: World) -> None:
    world.tell(login("u:ann", "a:x"), seen("a:x", at=1, statements=says("set", "gold")))
    world.tell(login("u:bob", "a:x", at=5), seen("a:x", at=6, statements=says("set", "tin")))
    assert plan(world) == "gold"


def test_a_trait_tells_which_statement_decided_it(world: World) -> None:
    world.tell(login("u:ann", "a:x"), seen("a:x", at=1, event="e1", statements=says("set", "gold")))
    trait = ann(world).traits["plan"]
    assert (trait.value, trait.source, trait.key, trait.event_id, trait.identifier) == (
        "gold",
        "web",
        "public",
        "e1",
        one("a:x"),
    )


def test_the_same_statement_said_again_and_again_is_kept_once(world: World) -> None:
    world.tell_each([said("together", "u:ann", at=at, statements=says("set", "gold")) for at in range(5)])
    with world.hot.read() as connection:
        assert connection.execute("SELECT count(*) FROM trait_statement").fetchone() == (1,)
    assert ann(world).traits["plan"].event_id == "together-u:ann--4"


def test_a_public_key_deletes_nobody_in_words_known_long_since(world: World) -> None:
    world.tell_each(login("u:ann", "a:x", at=at, statements=says("set", "gold")) for at in range(3))
    linked = world.tell(login("u:ann", "a:x", at=4, statements=says("delete", name="")))
    assert [(item.index, item.reason) for item in linked.rejections] == [(0, "needs_secret_key")]
    assert plan(world) == "gold"
