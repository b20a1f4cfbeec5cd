"""The rules of identity, one sentence each."""

from __future__ import annotations

import pytest
from msgspec import structs
from worlds import DAY, MINUTE, NOON, World, login, one, said, seen

from zuji.identify.explain import explain
from zuji.identify.profile import find, profile
from zuji.terms.error import Conflict, NotFound
from zuji.terms.subject import Statement

NINETY_DAYS = 90 * DAY // MINUTE


def test_two_unknown_identifiers_become_one_new_identified_profile(world: World) -> None:
    world.tell(login("u:ann", "a:laptop"))
    assert world.together("u:ann", "a:laptop")
    found = profile(world.hot, "shop", one("a:laptop"))
    assert found is not None
    assert found.identified
    assert found.id == world.anchor("u:ann")


def test_an_unknown_identifier_joins_the_profile_of_the_known_one(world: World) -> None:
    world.tell(seen("a:laptop"), login("u:ann", "a:laptop", at=1))
    assert world.owner("u:ann") == world.anchor("a:laptop")


def test_a_device_that_is_not_identified_is_absorbed_with_all_its_history(world: World) -> None:
    world.tell(login("u:ann", "a:laptop"), seen("a:phone", at=1), login("u:ann", "a:phone", at=9))
    assert world.owner("a:phone", at=1) == world.owner("u:ann")


def test_a_shared_device_points_to_the_newest_login_and_its_history_stays(world: World) -> None:
    world.tell(login("u:ann", "a:sofa"), login("u:bob", "a:sofa", at=10))
    assert not world.together("u:ann", "u:bob")
    assert world.owner("a:sofa", at=9) == world.owner("u:ann")
    assert world.owner("a:sofa", at=10) == world.owner("u:bob")


def test_a_late_login_changes_only_the_stretch_until_the_next_one(world: World) -> None:
    world.tell(login("u:ann", "a:sofa"), login("u:bob", "a:sofa", at=20))
    world.tell(login("u:cat", "a:sofa", at=10))
    owners = [world.owner("a:sofa", at=minute) for minute in (0, 9, 10, 19, 20, 30)]
    names = [world.owner(name) for name in ("u:ann", "u:ann", "u:cat", "u:cat", "u:bob", "u:bob")]
    assert owners == names


def test_a_pointer_moved_back_to_a_former_owner_is_a_stretch_like_any_other(world: World) -> None:
    world.tell_each([login("u:ann", "a:sofa"), login("u:bob", "a:sofa", at=10), login("u:ann", "a:sofa", at=20)])
    assert world.owner("a:sofa", at=15) == world.owner("u:bob")
    assert world.owner("a:sofa", at=25) == world.owner("u:ann")


def test_a_repeated_login_keeps_its_stretch_when_another_one_arrives_late_between_them(world: World) -> None:
    world.tell_each([login("u:ann", "a:sofa", at=at) for at in (0, 10, 20)])
    world.tell(login("u:bob", "a:sofa", at=5))
    assert world.owner("a:sofa", at=7) == world.owner("u:bob")
    assert world.owner("a:sofa", at=12) == world.owner("u:ann")


def test_a_late_login_of_the_present_owner_moves_the_pointer_back_earlier(world: World) -> None:
    world.tell_each([login("u:ann", "a:sofa"), login("u:bob", "a:sofa", at=10), login("u:ann", "a:sofa", at=20)])
    world.tell(login("u:ann", "a:sofa", at=15))
    assert world.owner("a:sofa", at=14) == world.owner("u:bob")
    assert world.owner("a:sofa", at=16) == world.owner("u:ann")


def test_a_device_of_two_who_became_one_goes_where_they_go(world: World) -> None:
    world.tell(said("identify", "d:cat"), said("identify", "d:bob", at=1))
    world.tell(said("identify", "d:ann", "a:sofa", at=1), said("identify", "d:bob", "a:sofa", at=10))
    assert not world.together("d:ann", "d:bob")
    for other, at in (("d:bob", 20), ("d:cat", 30)):
        world.tell(said("force_merge", "d:ann", other, at=at, key="secret", source="till"))
    assert {world.owner("a:sofa", at=minute) for minute in (1, 10, 40)} == {world.anchor("d:cat")}


def test_an_event_with_a_user_id_is_always_that_users(world: World) -> None:
    world.tell(login("u:ann", "a:sofa"), seen("u:bob a:sofa", at=10), seen("u:ann a:sofa", at=20))
    linked = world.tell(seen("u:bob a:sofa", at=30))
    assert linked.anchors == [world.anchor("u:bob")]
    assert list(linked.people) == [world.owner("u:bob")]


def test_an_alias_between_two_identified_profiles_merges_nobody(world: World) -> None:
    world.tell(login("u:ann", "a:x"), login("u:bob", "a:y", at=1))
    world.tell(said("alias", "u:ann", "a:y", at=2, key="secret"))
    assert not world.together("u:ann", "a:y")


def test_an_id_with_itself_changes_nothing(world: World) -> None:
    linked = world.tell(said("identify", "d:one", "d:one"))
    assert (linked.profile_rows, linked.rejections) == ([], [])


def test_a_new_distinct_id_joins_the_other_profile_whether_identified_or_not(world: World) -> None:
    world.tell(said("identify", "d:ann"), said("identify", "d:ann", "d:browser", at=1))
    assert world.together("d:ann", "d:browser")


def test_a_distinct_id_that_is_identified_already_is_not_absorbed(world: World) -> None:
    world.tell(said("identify", "d:ann"), said("identify", "d:bob", at=1), said("identify", "d:ann", "d:bob", at=2))
    assert not world.together("d:ann", "d:bob", at=1)
    assert not world.together("d:ann", "d:bob")


def test_a_phone_from_a_public_key_links_but_merges_no_two_existing_profiles(world: World) -> None:
    world.tell(said("together", "u:ann p:1"), said("together", "u:bob", at=1), seen("a:x", at=2))
    assert world.together("u:ann", "p:1")
    world.tell(said("together", "p:1 a:x", at=3))
    assert not world.together("p:1", "a:x")


def test_a_source_that_opted_in_may_merge_by_phone_from_its_public_key(world: World) -> None:
    world.tell(said("together", "u:ann p:1"), seen("a:x", at=2), said("together", "p:1 a:x", at=3, source="app"))
    assert world.together("p:1", "a:x")


def test_an_identifier_that_leaves_takes_its_future_and_leaves_its_past(world: World) -> None:
    world.tell(said("bind", "u:ann", "p:1", key="secret"))
    world.tell(said("unbind", "u:ann", "p:1", at=10, key="secret"))
    assert world.owner("p:1", at=9) == world.owner("u:ann")
    assert world.owner("p:1", at=10) not in (world.owner("u:ann"), 0)


def test_what_has_left_may_be_linked_again(world: World) -> None:
    world.tell(said("bind", "u:ann", "p:1", key="secret"))
    world.tell(said("unbind", "u:ann", "p:1", at=10, key="secret"))
    world.tell(said("bind", "u:bob", "p:1", at=20, key="secret"))
    assert world.owner("p:1", at=5) == world.owner("u:ann")
    assert world.owner("p:1", at=15) == world.owner("u:bob") == world.owner("p:1", at=25)


def test_over_a_limit_the_last_link_is_refused(world: World) -> None:
    world.tell_each([said("bind", "u:ann", f"p:{number}", at=number) for number in range(1, 5)])
    assert world.together("u:ann", "p:1", "p:2", "p:3")
    assert not world.together("u:ann", "p:4")


def test_over_a_limit_a_public_link_yields_to_a_later_secret_one(world: World) -> None:
    world.tell_each([said("bind", "u:ann", f"p:{number}", at=number) for number in range(1, 4)])
    world.tell(said("bind", "u:ann", "p:4", at=9, key="secret"))
    assert world.together("u:ann", "p:1", "p:2", "p:4")
    assert not world.together("u:ann", "p:3")


def test_a_limit_counts_only_the_last_ninety_days(world: World) -> None:
    world.tell_each([said("bind", "u:ann", f"p:{number}", at=number) for number in range(3)])
    world.tell(said("bind", "u:ann", "p:9", at=NINETY_DAYS + 5))
    assert world.together("u:ann", "p:9", at=NINETY_DAYS + 6)


def test_a_link_refused_for_a_limit_is_looked_at_again_each_time_until_older_ones_have_left_the_window(
    world: World,
) -> None:
    phones = [f"p:{number}" for number in range(4)]
    world.tell_each(said("bind", "u:ann", phone, at=place, key="secret") for place, phone in enumerate(phones))
    world.tell_each(said("bind", "u:ann", "p:3", at=place, key="secret") for place in (10, 20))
    world.tell(said("bind", "u:ann", "p:3", at=NINETY_DAYS + 30, key="secret"))
    assert world.together("u:ann", "p:3")


def test_a_value_that_more_than_fifty_link_within_thirty_days_is_blocked(world: World) -> None:
    world.tell_each([login(f"u:{number}", "a:kiosk", at=number) for number in range(50)])
    assert world.owner("a:kiosk") == world.owner("u:49")
    linked = world.tell(login("u:50", "a:kiosk", at=50))
    assert [change.kind for change in linked.changes if change.kind == "blocked"] == ["blocked"]
    assert world.owner("a:kiosk") == 0
    assert linked.anchors == [world.anchor("u:50")]


def test_fifty_one_users_over_more_than_thirty_days_do_not_make_a_hub(world: World) -> None:
    world.tell_each([login(f"u:{number}", "a:till", at=number * 1440) for number in range(51)])
    assert world.owner("a:till") == world.owner("u:50")


def test_an_event_of_nobody_but_a_blocked_identifier_belongs_to_nobody(world: World) -> None:
    world.tell(seen("a:lab"))
    world.decide("block", identifier={"type": "anonymous_id", "value": "lab"}, why="a test device")
    assert world.tell(seen("a:lab", at=5)).anchors == [0]
    assert world.owner("a:lab") == 0


def test_a_lifted_block_brings_back_every_link_of_the_meantime(world: World) -> None:
    world.tell(seen("a:lab"))
    block = {"type": "anonymous_id", "value": "lab"}
    world.decide("block", identifier=block)
    world.tell(login("u:ann", "a:lab", at=5))
    assert not world.together("u:ann", "a:lab")
    world.restart()
    world.decide("unblock", identifier=block)
    assert world.together("u:ann", "a:lab")


@pytest.mark.parametrize(
    "subject",
    [
        said("unbind", "u:ann", "p:1"),
        said("force_merge", "u:ann", "u:bob"),
        said("sighting", "u:ann", statements=(Statement("delete"),)),
    ],
)
def test_a_public_key_may_not_unbind_force_or_delete(world: World, subject: object) -> None:
    linked = world.tell(subject)  # type: ignore[arg-type]
    assert [rejection.reason for rejection in linked.rejections] == ["needs_secret_key"]
    assert linked.writes.new_nodes == []


def test_a_public_alias_between_two_identified_profiles_is_rejected(world: World) -> None:
    world.tell(login("u:ann", "a:x"), login("u:bob", "a:y", at=1))
    linked = world.tell(said("alias", "u:ann", "a:y", at=2))
    assert [(item.index, item.reason) for item in linked.rejections] == [(0, "needs_secret_key")]


def test_a_source_brings_no_more_new_people_an_hour_than_its_limit(world: World) -> None:
    world.tell(seen("a:1", source="tight"))
    linked = world.tell(*(seen(f"a:{number}", at=number, source="tight") for number in (1, 2, 3)))
    assert [(item.index, item.reason) for item in linked.rejections] == [(2, "too_many_new_people")]
    assert world.tell(seen("a:4", source="tight"), now_ms=NOON + 60 * MINUTE).rejections == []


def test_sources_of_one_name_in_two_workspaces_keep_their_own_limits(world: World) -> None:
    told = [seen(f"a:{number}", at=number, source="tight") for number in (1, 2, 3)]
    elsewhere = [structs.replace(subject, workspace="cafe") for subject in told]
    linked = world.tell(*told, *elsewhere)
    assert [(item.index, item.reason) for item in linked.rejections] == [(2, "too_many_new_people")]


def test_a_secret_key_with_the_right_merges_two_that_are_identified(world: World) -> None:
    world.tell(said("identify", "d:ann"), said("identify", "d:bob", at=1))
    world.tell(said("force_merge", "d:ann", "d:bob", at=2, key="secret", source="till"))
    assert world.together("d:ann", "d:bob")


def test_a_forced_merge_without_the_right_counts_as_an_alias(world: World) -> None:
    world.tell(said("identify", "d:ann"), said("identify", "d:bob", at=1))
    world.tell(said("force_merge", "d:ann", "d:bob", at=2, key="secret", source="web"))
    assert not world.together("d:ann", "d:bob")


def test_the_absorbed_id_resolves_to_the_surviving_one_for_ever(world: World) -> None:
    world.tell(seen("a:old"), said("identify", "d:ann", at=1), said("identify", "d:ann", "a:old", at=2))
    old, survivor = world.anchor("a:old"), world.owner("d:ann")
    world.restart()
    found = profile(world.hot, "shop", old)
    assert found is not None
    assert (found.id, found.former_ids) == (survivor, (old,))


def test_a_merge_then_a_split_gives_back_exactly_what_was(world: World) -> None:
    plan = (Statement("set", "plan", "gold"),)
    world.tell(
        said("identify", "d:ann", "a:x", statements=plan),
        said("identify", "d:bob", "a:y", at=1, statements=(Statement("set", "plan", "tin"),)),
    )
    before = [profile(world.hot, "shop", one(who)) for who in ("d:ann", "d:bob")]
    assert world.merge("d:ann", "d:bob")["merged"]
    assert world.together("d:ann", "a:y")
    world.split("d:ann", ["d:bob", "a:y"], at=1_001)
    after = [profile(world.hot, "shop", one(who)) for who in ("d:ann", "d:bob")]
    for was, now in zip(before, after, strict=True):
        assert was is not None
        assert now is not None
        assert was == now


def test_what_a_split_keeps_apart_no_evidence_joins_until_it_is_lifted(world: World) -> None:
    world.tell(said("bind", "u:ann", "p:1", key="secret"))
    world.split("u:ann", ["p:1"])
    world.tell(said("bind", "u:ann", "p:1", at=2_000, key="secret"))
    assert not world.together("u:ann", "p:1")
    with pytest.raises(Conflict, match="Lift it first"):
        world.merge("u:ann", "p:1")
    world.decide("lift", a={"type": "user_id", "value": "ann"}, b={"type": "phone", "value": "1"})
    assert world.together("u:ann", "p:1")


def test_a_decision_about_somebody_unknown_says_so_and_leaves_the_engine_as_it_was(world: World) -> None:
    world.tell(login("u:ann", "a:x"))
    with pytest.raises(NotFound, match="user_id:nobody"):
        world.merge("u:ann", "u:nobody")
    world.tell(seen("u:ann a:x", at=5))
    assert world.together("u:ann", "a:x")


def test_the_log_says_who_merged_whom_and_why(world: World) -> None:
    world.tell(seen("a:x"), seen("a:y", at=1))
    world.merge("a:x", "a:y", who="olga")
    with world.hot.read() as connection:
        rows = connection.execute("SELECT kind, person, other, who, why FROM identity_log").fetchall()
    assert rows == [("merged", world.anchor("a:y"), world.anchor("a:x"), "olga", "the same voice")]


def test_deleting_a_source_takes_back_its_links_and_its_statements(world: World) -> None:
    world.tell(seen("a:x", source="app"), seen("u:ann", at=1, source="app"))
    world.tell(login("u:ann", "a:x", at=2, statements=(Statement("set", "plan", "gold"),)))
    assert world.together("u:ann", "a:x")
    world.decide("delete_source_data", source="web")
    assert not world.together("u:ann", "a:x")
    found = profile(world.hot, "shop", one("u:ann"))
    assert found is not None
    assert found.traits == {}
    world.tell(login("u:ann", "a:x", at=3))
    assert world.together("u:ann", "a:x")


def test_explaining_gives_the_shortest_path_of_evidence(world: World) -> None:
    world.tell(login("u:ann", "a:x", event="e1"), said("bind", "u:ann", "p:1", at=1, key="secret", event="e2"))
    found = explain(world.hot, "shop", one("a:x"), one("p:1"))
    assert found.same_profile
    assert [(step.event_id, step.rule, step.key, step.source) for step in found.path] == [
        ("e1", "identify", "public", "web"),
        ("e2", "bind", "secret", "web"),
    ]


def test_explaining_a_refused_link_gives_the_rule_that_refused_it(world: World) -> None:
    world.tell(seen("p:1"), seen("a:x", at=1), said("together", "p:1 a:x", at=2, event="e3"))
    found = explain(world.hot, "shop", one("p:1"), one("a:x"))
    assert not found.same_profile
    assert [(step.event_id, step.refusal) for step in found.refused] == [("e3", "public_key_never_merges")]


def test_a_value_is_found_under_every_type_it_is_known_by(world: World) -> None:
    world.tell(seen("u:42"), seen("m:42", at=1), seen("u:43", at=2))
    assert find(world.hot, "shop", "42") == [one("m:42"), one("u:42")]


def test_what_moved_away_is_no_way_to_explain_who_belongs_together(world: World) -> None:
    world.tell(login("u:ann", "a:sofa", event="e1"), login("u:ann", "a:tablet", at=1, event="e2"))
    world.tell(login("u:bob", "a:sofa", at=5, event="e3"), login("u:bob", "a:tablet", at=6, event="e4"))
    found = explain(world.hot, "shop", one("a:sofa"), one("a:tablet"))
    assert [step.event_id for step in found.path] == ["e3", "e4"]
    assert explain(world.hot, "shop", one("a:sofa"), one("u:ann")).path == ()
