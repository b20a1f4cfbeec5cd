"""Why somebody has a tag, over HTTP."""

from __future__ import annotations

from api_world import ApiWorld
from test_tags import BUYER, LOCAL, LOYAL, put_up, shop, shown

__all__ = ["shop"]


def test_a_tag_is_explained_by_its_conditions_and_their_events(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        put_up(client, "tag", LOYAL)
        found = shown(client, "/profiles/user_id:ben/why", key="loyal")
        [reason] = found["reasons"]
        assert (found["value"], reason["passed"], reason["figure"]) == (None, False, 1)
        assert reason["changes"] == [{"kind": "more", "amount": 1.0, "at": None}]
        assert [one["event"] for one in reason["events"]] == ["Order Completed"]
        assert all(reason["sentence"].values())
        before = shown(client, "/profiles/user_id:ann/why", key="loyal", at="2020-01-01")
        assert (before["value"], before["reasons"]) == (None, [])
        assert shown(client, "/profiles/user_id:ann/why", key="loyal")["value"] is True


def test_segments_are_explained_and_personal_values_masked(world: ApiWorld, shop: str) -> None:
    phone = {"key": "by_phone", "name": BUYER["name"], "rule": {"when": {"identifier": "phone", "op": "is_set"}}}
    with world.client(workspace=shop) as client:
        put_up(client, "segment", LOCAL)
        put_up(client, "segment", phone)
        found = shown(client, "/profiles/user_id:ann/why", key="local", kind="segment")
        assert (found["value"], found["reasons"][0]["figure"]) == (True, "Shanghai")
        assert shown(client, "/profiles/user_id:ann/why", key="by_phone", kind="segment")["reasons"][0]["figure"] == [
            "+8613812348000"
        ]
    with world.client(world.token("analyst", shop), workspace=shop) as client:
        masked = shown(client, "/profiles/user_id:ann/why", key="by_phone", kind="segment")
        assert masked["reasons"][0]["figure"] == ["+86138****8000"]


def test_what_is_not_there_is_not_explained(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        put_up(client, "tag", BUYER)
        for user, key in (("ann", "none"), ("zoe", "buyer")):
            assert client.get(f"/profiles/user_id:{user}/why", params={"key": key}).status_code == 404
