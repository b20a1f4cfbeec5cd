"""Segments laid over one another, over HTTP: how many are in exactly which, and who they are, in pages."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from api_world import ApiWorld, track

PATIENCE_S = 30.0
HELD = {"bought": ("ann", "ben", "cai"), "looked": ("cai", "dan", "eve"), "called": ("ann", "cai")}
EXACTLY = [(["bought", "called"], 1), (["bought"], 1), (["bought", "looked", "called"], 1), (["looked"], 2)]


def written(key: str) -> dict[str, Any]:
    when = {"measure": "count", "event": f"Overlap {key}", "op": "gte", "value": 1}
    return {"key": key, "name": {"en": key, "zh": key}, "rule": {"when": when}}


@pytest.fixture
def shop(world: ApiWorld, workspace: str) -> str:
    """Three published segments with their people in them."""
    world.send(workspace, *(track(f"Overlap {key}", user) for key, users in HELD.items() for user in users))
    with world.client(workspace=workspace) as client:
        client.get("/events/count", params={"fresh": "true"}).raise_for_status()
        for key in HELD:
            client.post("/segments", json=written(key)).raise_for_status()
            client.post(f"/segments/{key}/publish").raise_for_status()
        deadline = time.monotonic() + PATIENCE_S
        while any(in_it(client, key) != len(users) for key, users in HELD.items()):
            assert time.monotonic() < deadline, "nobody came into the segments"
            time.sleep(0.05)
    return workspace


def in_it(client: httpx.Client, key: str) -> int:
    found: int = client.get(f"/segments/{key}", params={"fresh": "true"}).raise_for_status().json()["people"]
    return found


def people(client: httpx.Client, **asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.post("/segments/overlap/people", json=asked).raise_for_status().json()
    return found


def users(page: dict[str, Any]) -> list[str]:
    return sorted(held["value"] for one in page["people"] for held in one["identifiers"] if held["type"] == "user_id")


def test_everybody_is_in_one_part_and_its_people_are_those_counted(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        laid = client.post("/segments/overlap", json={"segments": list(HELD)}).raise_for_status().json()
        assert laid["parts"][0] == {"segments": ["looked"], "count": 2}
        assert sorted((one["segments"], one["count"]) for one in laid["parts"]) == sorted(EXACTLY)
        for part in laid["parts"]:
            found = people(client, segments=list(HELD), within=part["segments"])
            wanted = {key for key in HELD if key in part["segments"]}
            by_hand = [
                user
                for user in ("ann", "ben", "cai", "dan", "eve")
                if {key for key in HELD if user in HELD[key]} == wanted
            ]
            assert (users(found), found["count"], found["next"]) == (by_hand, part["count"], None)


def test_the_people_of_a_part_come_in_pages(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        first = people(client, segments=list(HELD), within=["looked"], limit=1)
        second = people(client, segments=list(HELD), within=["looked"], limit=1, cursor=first["next"])
        assert (first["count"], second["next"]) == (2, None)
        assert users({"people": first["people"] + second["people"]}) == ["dan", "eve"]


def test_what_is_not_laid_over_or_not_there_is_refused(world: ApiWorld, shop: str) -> None:
    asked = {"segments": ["bought", "looked"]}
    with world.client(workspace=shop) as client:
        stranger = client.post("/segments/overlap/people", json=asked | {"within": ["called"]})
        assert stranger.status_code == 422
        assert "'called' is none of `segments`" in stranger.json()["message"]
        gone = client.post("/segments/overlap/people", json={"segments": ["nowhere"], "within": ["nowhere"]})
        assert gone.status_code == 404
        assert client.post("/segments/overlap/people", json=asked | {"within": []}).status_code == 422


def test_segments_of_lists_are_divided_like_those_of_rules(world: ApiWorld, shop: str) -> None:
    named = [{"type": "user_id", "value": user} for user in ("ben", "eve")]
    with world.client(workspace=shop) as client:
        document = {"key": "invited", "name": {"en": "i", "zh": "i"}, "identifiers": named}
        client.post("/segments", json=document).raise_for_status()
        client.post("/segments/invited/publish").raise_for_status()
        laid = client.post("/segments/overlap", json={"segments": ["bought", "invited"]}).raise_for_status().json()
        assert [(one["segments"], one["count"]) for one in laid["parts"]] == [
            (["bought"], 2), (["bought", "invited"], 1), (["invited"], 1),
        ]  # fmt: skip
        assert users(people(client, segments=["bought", "invited"], within=["invited"])) == ["eve"]


def test_more_than_six_segments_are_counted_and_not_divided(world: ApiWorld, shop: str) -> None:
    seven = ["bought", "looked", "called"] * 2 + ["bought"]
    with world.client(workspace=shop) as client:
        laid = client.post("/segments/overlap", json={"segments": seven}).raise_for_status().json()
        assert (laid["in_any"], laid["parts"]) == (5, [])
        assert (
            client.post("/segments/overlap/people", json={"segments": seven, "within": ["bought"]}).status_code == 422
        )
