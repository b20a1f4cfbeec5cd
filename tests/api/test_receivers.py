"""Receivers over HTTP: who is told, what is shown of them and what never is, and who may."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import ApiWorld

from zuji.store.receivers import Delivery
from zuji.terms.source import Role

WAY = "a-path-that-is-a-secret"
HOOK = {"name": "crew", "address": f"https://nowhere.invalid/{WAY}"}


def add(world: ApiWorld, workspace: str, **fields: Any) -> dict[str, Any]:
    with world.client(workspace=workspace) as client:
        answer = client.post("/receivers", json={**HOOK, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_the_secret_is_shown_once_and_the_path_of_a_webhook_never(world: ApiWorld, workspace: str) -> None:
    made = add(world, workspace)
    assert made["secret"].startswith("zs_")
    assert made["address"] == "https://nowhere.invalid/…"
    with world.client(workspace=workspace) as client:
        changed = client.patch(f"/receivers/{made['id']}", json={"name": "night crew"})
        shown = [client.get("/receivers"), client.get(f"/receivers/{made['id']}"), changed]
        noted = client.get("/audit", params={"subject": made["id"]})
    for answer in (*shown, noted):
        assert answer.is_success, answer.text
        assert made["secret"] not in answer.text
        assert WAY not in answer.text
    assert [one["action"] for one in noted.json()["entries"]] == ["receiver.changed", "receiver.created"]


def test_what_is_left_out_stays_and_null_chooses_all(world: ApiWorld, workspace: str) -> None:
    made = add(world, workspace, alarms=["source_silent"], sources=["till"], per_hour=3)
    with world.client(workspace=workspace) as client:
        changed = client.patch(f"/receivers/{made['id']}", json={"sources": None, "state": "paused"}).json()
    assert (changed["alarms"], changed["sources"], changed["alerts"]) == (["source_silent"], None, None)
    assert (changed["state"], changed["per_hour"]) == ("paused", 3)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://169.254.169.254/latest", "not a public address"),
        ("https://10.0.0.7/hook", "not a public address"),
        ("http://hooks.example.com/x", "only https"),
        ("mailto:crew@shop.example", "mail is off"),
    ],
)
def test_an_address_that_can_never_be_told_is_refused(world: ApiWorld, workspace: str, address: str, said: str) -> None:
    with world.client(workspace=workspace) as client:
        answer = client.post("/receivers", json={"name": "crew", "address": address})
        assert answer.status_code == 422
        assert said in answer.json()["message"]
        assert client.get("/receivers").json()["receivers"] == []


@pytest.mark.parametrize("address", ["ftp://x/y", "mailto:a@b.example,c@d.example", "mailto:a@b.example\nBcc: c@d", ""])
def test_what_is_no_address_is_refused(world: ApiWorld, workspace: str, address: str) -> None:
    with world.client(workspace=workspace) as client:
        assert client.post("/receivers", json={"name": "crew", "address": address}).status_code == 422


def test_a_test_says_what_came_of_it_and_is_listed(world: ApiWorld, workspace: str) -> None:
    made = add(world, workspace)
    with world.client(workspace=workspace) as client:
        sent = client.post(f"/receivers/{made['id']}/test")
        listed = client.get(f"/receivers/{made['id']}/deliveries").json()["deliveries"]
    assert sent.json()["delivered"] is False
    assert "nowhere.invalid" in sent.json()["answer"]
    assert [(one["state"], one["body"]["notices"][0]["code"]) for one in listed] == [("test", "test")]
    assert listed[0]["problem"] == sent.json()["answer"]
    assert WAY not in sent.text + str(listed)


def test_what_was_put_away_is_sent_again_only_where_it_belongs(world: ApiWorld, workspace: str) -> None:
    mine, other = add(world, workspace), add(world, workspace)
    body = '{"name":"crew","notices":[],"over":0,"raised":0,"workspace":"w"}'
    receivers = world.house.administration.receivers
    receivers.note(Delivery(0, mine["id"], "given_up", 1, 2, 2, body, "answered 400", world.house.ports.now_ms()))
    [away] = receivers.deliveries(mine["id"])
    with world.client(workspace=workspace) as client:
        tried = client.post(f"/receivers/{mine['id']}/deliveries/{away.id}/retry")
        strange = client.post(f"/receivers/{other['id']}/deliveries/{away.id}/retry")
    assert (tried.status_code, tried.json()["delivered"], strange.status_code) == (200, False, 404)
    assert [one.state for one in receivers.deliveries(mine["id"])] == ["given_up"]


def test_a_deleted_receiver_is_gone_with_what_it_was_sent(world: ApiWorld, workspace: str) -> None:
    made = add(world, workspace)
    with world.client(workspace=workspace) as client:
        client.post(f"/receivers/{made['id']}/test")
        assert client.delete(f"/receivers/{made['id']}").status_code == 204
        assert client.get(f"/receivers/{made['id']}").status_code == 404
        assert client.get(f"/receivers/{made['id']}/deliveries").status_code == 404


def test_nobody_reaches_a_receiver_from_another_workspace(world: ApiWorld, workspace: str) -> None:
    made = add(world, workspace)
    with world.client(workspace=world.workspace()) as client:
        assert client.get("/receivers").json()["receivers"] == []
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/test"), ("GET", "/deliveries")):
            assert client.request(method, f"/receivers/{made['id']}{path}").status_code == 404


@pytest.mark.parametrize("role", ["analyst", "marketer", "viewer", "service", "privacy_officer"])
def test_only_an_owner_says_who_is_told(world: ApiWorld, workspace: str, role: Role) -> None:
    with world.client(world.token(role, workspace), workspace=workspace) as client:
        assert client.get("/receivers").status_code == (200 if role == "analyst" else 403)
        assert client.post("/receivers", json=HOOK).status_code == 403
