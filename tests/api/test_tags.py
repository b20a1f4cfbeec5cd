"""Tags and segments over HTTP: written, previewed, published through the engine, ended; who is in them now and then."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from api_world import ApiWorld, identify, track

from zuji.tag.starter_set import starter_set

NAME = {"en": "A name", "zh": "名字"}
BOUGHT = {"measure": "count", "event": "Order Completed", "op": "gte", "value": 1}
BUYER = {"key": "buyer", "name": NAME, "family": "value_tier", "rule": {"when": BOUGHT}}
LOYAL = {**BUYER, "key": "loyal", "rule": {"when": {**BOUGHT, "value": 2}}}
LOCAL = {"key": "local", "name": NAME, "rule": {"when": {"trait": "city", "op": "equals", "value": "Shanghai"}}}
LOCAL_BUYERS = {
    "key": "local_buyers",
    "name": NAME,
    "rule": {"when": {"all": [{"segment": "local"}, {"tag": "buyer", "op": "is_set"}]}},
}
PATIENCE_S = 20.0


@pytest.fixture
def shop(world: ApiWorld, workspace: str) -> str:
    """Ann bought twice and lives here, Ben bought once, Cai looked on and lives here."""
    world.send(
        workspace,
        identify("ann", traits={"city": "Shanghai", "phone": "13812348000"}),
        identify("cai", traits={"city": "Shanghai"}),
        *(track("Order Completed", user) for user in ("ann", "ann", "ben")),
        track("Product Viewed", "cai"),
    )
    return workspace


def put_up(client: httpx.Client, kind: str, document: dict[str, Any]) -> dict[str, Any]:
    """Written down and published."""
    made = client.post(f"/{kind}s", json=document)
    assert made.status_code == 201, made.text
    answer = client.post(f"/{kind}s/{document['key']}/publish")
    assert answer.status_code == 200, answer.text
    outcome: dict[str, Any] = answer.json()["outcome"]
    return outcome


def shown(client: httpx.Client, path: str, **query: str | int) -> dict[str, Any]:
    answer = client.get(path, params={"fresh": "true", **query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def until_people(client: httpx.Client, path: str, number: int) -> dict[str, Any]:
    """What stands there once so many people have it: everybody is looked at in the background."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := shown(client, path))["people"] != number and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def users(page: dict[str, Any]) -> list[str]:
    return sorted(held["value"] for one in page["people"] for held in one["identifiers"] if held["type"] == "user_id")


def test_a_tag_is_a_draft_until_it_is_published_and_every_version_stays(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        draft = client.post("/tags", json=BUYER).json()
        assert (draft["state"], draft["version"], draft["people"], draft["value_type"]) == ("draft", None, 0, "boolean")
        assert draft["sentence"] == {"en": "did Order Completed", "zh": "有过完成订单"}
        first = client.post("/tags/buyer/publish").json()["outcome"]
        assert (first["published"], first["version"]) == (True, 1)
        found = until_people(client, "/tags/buyer", 2)
        assert (found["state"], found["version"], found["changed"], found["people"]) == ("published", 1, False, 2)
        twice = {**BUYER, "rule": {"when": {**BOUGHT, "value": 2}}}
        assert client.put("/tags/buyer", json=twice).json()["changed"] is True
        assert client.post("/tags/buyer/publish").json()["outcome"]["version"] == 2
        assert until_people(client, "/tags/buyer", 1)["people"] == 1
        told = shown(client, "/tags/buyer/versions")["versions"]
        assert [(one["version"], one["sentence"]["en"]) for one in told] == [
            (2, "did Order Completed at least 2 times"),
            (1, "did Order Completed"),
        ]
        assert shown(client, "/profiles/user_id:ann")["tags"]["buyer"]["value"] is True


def test_what_others_name_cannot_end_and_what_has_ended_nobody_has(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        put_up(client, "tag", BUYER)
        put_up(client, "segment", LOCAL)
        put_up(client, "segment", LOCAL_BUYERS)
        refused = client.delete("/tags/buyer")
        assert (refused.status_code, "segment local_buyers" in refused.text) == (409, True)
        assert until_people(client, "/segments/local_buyers", 1)["people"] == 1
        assert client.delete("/segments/local_buyers").status_code == 204
        assert client.delete("/tags/buyer").status_code == 204
        ended = until_people(client, "/tags/buyer", 0)
        assert (ended["state"], ended["version"], ended["people"]) == ("ended", None, 0)
        assert shown(client, "/tags/buyer/versions")["versions"][0]["document"] is None
        assert client.post("/tags/buyer/publish").json()["outcome"]["version"] == 3


def test_a_draft_that_is_deleted_is_gone(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as client:
        client.post("/tags", json=BUYER)
        assert client.delete("/tags/buyer").status_code == 204
        assert client.get("/tags/buyer").status_code == 404


def test_what_makes_no_sense_is_refused_and_takes_no_number(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as client:
        assert client.post("/tags", json={**BUYER, "familly": "x"}).status_code == 422
        statistic = {"kind": "rfm", "question": {"evnt": "Order Completed"}, "gives": "group"}
        asked = {"key": "rfm", "name": NAME, "family": "value_tier", "origin": "statistic", "value_type": "text"}
        refused = client.post("/tags", json={**asked, "statistic": statistic})
        assert (refused.status_code, "evnt" in refused.text) == (422, True)
        assert client.post("/tags", json=BUYER).status_code == 201
        assert client.post("/tags", json=BUYER).status_code == 409
        assert client.put("/tags/buyer", json=LOYAL).status_code == 422
        assert client.put("/tags/nobody", json={**BUYER, "key": "nobody"}).status_code == 404
        client.post("/segments", json=LOCAL_BUYERS)
        refused = client.post("/segments/local_buyers/publish")
        assert (refused.status_code, "not published" in refused.json()["message"]) == (422, True)
        assert shown(client, "/segments/local_buyers/versions") == {"versions": []}


def test_circles_are_refused_by_name_when_they_would_be_published(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as client:
        put_up(client, "segment", LOCAL)
        put_up(client, "segment", {**LOCAL, "key": "more", "rule": {"when": {"segment": "local"}}})
        client.put("/segments/local", json={**LOCAL, "rule": {"when": {"segment": "more"}}})
        refused = client.post("/segments/local/publish")
        assert refused.status_code == 422
        assert "segment local -> segment more -> segment local" in refused.json()["message"]
        assert shown(client, "/segments/local")["version"] == 1


def test_a_preview_counts_shows_somebody_and_compares(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        put_up(client, "tag", LOYAL)
        wanted = {"definition": {**BUYER, "key": "loyal"}}
        found = client.post("/tags/preview", json=wanted, params={"fresh": "true"}).json()
        assert (found["people"], found["of"], found["month_ago"]) == (2, 3, 0)
        assert (found["compared"]["enter"], found["compared"]["leave"]) == (1, 0)
        assert users({"people": found["compared"]["entering"]}) == ["ben"]
        assert users({"people": found["sample"]}) == ["ann", "ben"]
        assert found["sentence"]["en"] == "did Order Completed"
        listed = {**LOCAL, "rule": {"when": {"segment": "no_such"}}}
        assert client.post("/segments/preview", json={"definition": listed}).status_code == 422
        assert client.post("/tags/preview", json=wanted | {"at": "2020-01-01"}).json()["of"] == 0


def test_the_people_of_a_segment_now_and_before_anything_happened(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        put_up(client, "segment", LOCAL)
        until_people(client, "/segments/local", 2)
        first = shown(client, "/segments/local/people", limit=1)
        second = shown(client, "/segments/local/people", limit=1, cursor=first["next"])
        assert (first["count"], second["next"]) == (2, None)
        assert users(first) + users(second) in (["ann", "cai"], ["cai", "ann"])
        assert shown(client, "/segments/local/count")["count"] == 2
        assert shown(client, "/segments/local/count", at="2020-01-01")["count"] == 0
        days = shown(client, "/segments/local/history", days=2)["days"]
        assert [one["count"] for one in days] == [0, 2]
        masked = world.client(world.token("marketer", shop), workspace=shop).get("/segments/local/people")
        assert "+8613812348000" not in masked.text


def test_a_segment_of_identifiers_and_overlaps_with_it(world: ApiWorld, shop: str) -> None:
    listed = {"key": "invited", "name": NAME, "identifiers": [{"type": "user_id", "value": v} for v in ("ann", "ben")]}
    with world.client(workspace=shop) as client:
        put_up(client, "segment", LOCAL)
        put_up(client, "segment", listed)
        put_up(client, "segment", {**LOCAL, "key": "also_local"})
        until_people(client, "/segments/also_local", 2)
        assert users(shown(client, "/segments/invited/people")) == ["ann", "ben"]
        found = client.post("/segments/overlap", json={"segments": ["local", "invited"]}).json()
        assert (found["together"], found["in_all"], found["in_any"]) == ([[2, 1], [1, 2]], 1, 3)
        found = client.post("/segments/overlap", json={"segments": ["local", "also_local"]}).json()
        assert (found["together"], found["only"]) == ([[2, 2], [2, 2]], [0, 0])
        assert client.post("/segments/overlap", json={"segments": ["local", "nobody"]}).status_code == 404


def test_who_publishes_stands_in_the_audit_log_and_viewers_only_read(world: ApiWorld, shop: str) -> None:
    with world.client(world.token("marketer", shop), workspace=shop) as client:
        put_up(client, "tag", BUYER)
    with world.client(workspace=shop) as client:
        entries = client.get("/audit").json()["entries"]
        assert [(one["action"], one["detail"]) for one in entries if one["subject"] == shop][:2] == [
            ("tag.publish", "buyer version 1"),
            ("tag.create", "buyer"),
        ]
    with world.client(world.token("viewer", shop), workspace=shop) as client:
        assert client.get("/tags/buyer").status_code == 200
        assert client.post("/tags", json=LOYAL).status_code == 403
        assert client.post("/tags/buyer/publish").status_code == 403
        assert client.get("/segments/local/people").status_code == 403


def test_workspaces_do_not_see_each_others_definitions(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        put_up(client, "tag", BUYER)
    with world.client(workspace=world.workspace()) as client:
        assert client.get("/tags").json() == {"tags": []}
        assert client.get("/tags/buyer").status_code == 404
        refused = client.post("/segments/preview", json={"definition": LOCAL_BUYERS})
        assert refused.status_code == 422


def test_every_starter_definition_can_be_written_previewed_and_published(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        for one in starter_set():
            made = client.post(f"/{one.kind}s", json=dict(one.document))
            assert made.status_code == 201, made.text
        for one in starter_set():
            answer = client.post(f"/{one.kind}s/{one.key}/publish")
            assert answer.status_code == 200, (one.key, answer.text)
        assert until_people(client, "/tags/repeat_buyer", 0)["state"] == "published"
        assert until_people(client, "/tags/orders", 2)["people"] == 2
