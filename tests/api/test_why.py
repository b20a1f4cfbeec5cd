"""Why somebody has a tag, over HTTP."""

from __future__ import annotations

from api_world import ApiWorld
from test_tags import BUYER, LOCAL, LOYAL, put_up, shop, shown

from zuji.store import tag_values
from zuji.store.tag_values import NewValue

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


def test_a_statistic_is_explained_by_what_it_is_its_figure_and_since_when(world: ApiWorld, shop: str) -> None:
    often = {
        "key": "how_often", "name": BUYER["name"], "family": "value_tier", "origin": "statistic", "freshness": "batch",
        "value_type": "number",
        "statistic": {"kind": "rfm", "question": {"event": "Order Completed"}, "gives": "frequency"},
    }  # fmt: skip
    noon_ms = 1_800_014_400_000
    with world.client(workspace=shop) as client:
        put_up(client, "tag", often)
        ann = int(shown(client, "/profiles/user_id:ann")["id"])
        with world.house.engine.hot.write() as connection:
            kept = NewValue(
                workspace=shop, person=ann, kind="tag", key="how_often", value=2, since_ms=noon_ms, version=1
            )
            tag_values.write_values(connection, [kept])
        found = shown(client, "/profiles/user_id:ann/why", key="how_often")
        nothing = shown(client, "/profiles/user_id:cai/why", key="how_often")
    assert (found["value"], found["reasons"], found["given"]) == (2, [], None)
    assert found["sentence"]["en"].startswith("how often it was done (RFM), given by a question about everybody")
    assert found["sentence"]["en"].endswith("; unchanged since 2027-01-15 20:00")
    assert found["sentence"]["zh"].endswith("；自 2027-01-15 20:00 起未变")
    assert (nothing["value"], "since" in nothing["sentence"]["en"]) == (None, False)
