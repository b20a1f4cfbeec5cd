"""Changes of tags over HTTP: as pages, as a stream, to subscribers; and an event in, the profile out."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from api_world import ApiWorld, identify

from zuji.api.routes import changes
from zuji.store.tag_values import SILENT, NewChange, NewValue, record, write_values


def change(world: ApiWorld, workspace: str, *keys: str, told: Any = 1) -> None:
    """Let somebody's tags change."""
    now = world.house.ports.now_ms()
    with world.house.engine.hot.write() as connection:
        record(
            connection,
            [
                NewChange(
                    workspace=workspace, person=1, kind="tag", key=key, old=None, new=True, cause="event", at_ms=now,
                    received_at_ms=now - 7, told=told,
                )
                for key in keys
            ],
            readable_at_ms=now,
        )  # fmt: skip


def test_changes_are_paged_in_order_and_silent_ones_only_when_asked_for(world: ApiWorld, workspace: str) -> None:
    change(world, workspace, "a", "b")
    change(world, workspace, "c", told=SILENT)
    change(world, workspace, "d")
    with world.client(workspace=workspace) as client:
        first = client.get("/changes", params={"limit": 2}).json()
        rest = client.get("/changes", params={"after": first["next"]}).json()
        every = client.get("/changes", params={"silent": "true"}).json()
        chosen = client.get("/changes", params={"keys": ["a", "d"]}).json()
    assert [one["key"] for one in first["changes"]] == ["a", "b"]
    assert [one["key"] for one in rest["changes"]] == ["d"]
    assert [one["key"] for one in every["changes"]] == ["a", "b", "c", "d"]
    assert [one["key"] for one in chosen["changes"]] == ["a", "d"]
    assert first["changes"][0]["latency_ms"] == 7


def test_a_stream_tells_changes_as_they_come_and_goes_on_where_the_line_was_lost(
    world: ApiWorld, workspace: str
) -> None:
    change(world, workspace, "a", "b")
    with world.client(workspace=workspace) as client:
        with client.stream("GET", "/changes/stream", params={"after": 0}) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            first = read_change(answer, 1)
        with client.stream("GET", "/changes/stream", headers={"Last-Event-ID": first["id"]}) as answer:
            assert read_change(answer, 1)["data"]["key"] == "b"
            change(world, workspace, "c")
            assert read_change(answer, 1)["data"]["key"] == "c"


def test_a_stream_ends_soon_after_the_right_that_opened_it(
    world: ApiWorld, workspace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "RIGHTS_EVERY_S", 0.05)
    tokens = world.house.administration.tokens
    token = tokens.create(role="analyst", name="short", workspace=workspace, expires_at=None, actor="tests")
    with (
        world.client(token.secret, workspace=workspace) as client,
        client.stream("GET", "/changes/stream", params={"after": 0}) as answer,
    ):
        change(world, workspace, "a")
        assert read_change(answer, 1)["data"]["key"] == "a"
        tokens.revoke(token.token.id, actor="tests")
        rest = list(answer.extensions["lines"])  # ends, or the client waits in vain
    assert rest == []


def read_change(answer: httpx.Response, count: int) -> dict[str, Any]:
    """The next change of a stream."""
    lines = answer.extensions.setdefault("lines", answer.iter_lines())
    found: dict[str, Any] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name in ("id", "event"):
            found[name] = value
        elif name == "data":
            found["data"] = json.loads(value)
        elif not line and "data" in found:
            return found
    raise AssertionError("the stream ended")


def test_a_subscription_shows_its_secret_once_and_how_it_stands(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as client:
        made = client.post("/subscriptions", json={"name": "crm", "url": "https://crm.example/hook", "tags": ["vip"]})
        assert made.status_code == 201
        secret, subscription = made.json()["secret"], made.json()["id"]
        assert secret.startswith("zs_")
        paused = client.patch(f"/subscriptions/{subscription}", json={"state": "paused"}).json()
        change(world, workspace, "vip")
        shown = client.get(f"/subscriptions/{subscription}")
        assert secret not in shown.text
        assert (paused["state"], shown.json()["waiting"] >= 1, shown.json()["tags"]) == ("paused", True, ["vip"])
        assert client.get(f"/subscriptions/{subscription}/dead-letters").json() == {"dead_letters": []}
        assert client.delete(f"/subscriptions/{subscription}").status_code == 204
        assert client.get(f"/subscriptions/{subscription}").status_code == 404


def test_addresses_inside_the_house_are_refused_when_they_are_entered(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as client:
        for url in (
            "http://crm.example/",
            "https://169.254.169.254/latest",
            "https://127.0.0.1/",
            "file:///etc/passwd",
        ):
            answer = client.post("/subscriptions", json={"name": "crm", "url": url})
            assert answer.status_code == 422, url


def test_who_may_not_send_data_out_may_not_subscribe(world: ApiWorld, workspace: str) -> None:
    body = {"name": "crm", "url": "https://crm.example/hook"}
    for role in ("analyst", "marketer", "service", "privacy_officer", "viewer"):
        with world.client(world.token(role), workspace=workspace) as client:
            assert client.post("/subscriptions", json=body).status_code == 403, role


def test_an_event_goes_in_and_the_profile_after_it_comes_out(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, identify("u-1", traits={"city": "上海"}))
    with world.client(workspace=workspace) as client:
        person = client.get("/profiles/user_id:u-1", params={"fresh": "true"}).json()["id"]
        with world.house.engine.hot.write() as connection:
            write_values(connection, [NewValue(workspace, person, "tag", "tier", "gold", 0, 1)])
        event = {"userId": "u-1", "event": "Product Viewed", "messageId": "ctx-1"}
        answer = client.post("/context", json={"source": "shop", "event": event}).json()
        assert (answer["message_id"], answer["stored"], answer["problem"]) == ("ctx-1", True, None)
        assert answer["profile"]["traits"] == {"city": "上海"}
        assert {key: one["value"] for key, one in answer["profile"]["tags"].items()} == {"tier": "gold"}
        nobody = client.post("/context", json={"source": "shop", "event": {"event": "Product Viewed"}}).json()
        assert (nobody["stored"], nobody["profile"]) == (False, None)
        assert nobody["problem"] == "neither userId nor anonymousId"
        assert client.post("/context", json={"source": "none", "event": event}).status_code == 404
        assert client.post("/context", json={"source": "shop", "event": {"userId": ["x"] * 9000}}).status_code == 422
