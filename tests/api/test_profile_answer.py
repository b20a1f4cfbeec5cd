"""One answer for personalisation: who somebody is, what they consent to and what they did lately, from hot state."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import ApiWorld, identify, track

FRESH = {"fresh": "true"}


@pytest.fixture
def shop(world: ApiWorld, workspace: str) -> str:
    """Somebody who looked at a tea, bought it, and refused marketing with that."""
    bought = {"order_id": "o-1", "product_id": "tea", "revenue": 12.5, "currency": "CNY", "$purposes": ["service"]}
    world.send(
        workspace,
        identify("buyer", anonymous="phone of buyer"),
        track("Product Viewed", anonymous="phone of buyer", message_id="pa-1", properties={"product_id": "tea"}),
        track("Order Completed", "buyer", message_id="pa-2", properties=bought),
        track("Product Viewed", "somebody", message_id="pa-3"),
    )
    return workspace


def test_a_read_tells_consent_and_where_asked_the_newest_events(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        usual = client.get("/profiles/user_id:buyer", params=FRESH).json()
        whole = client.get("/profiles/user_id:buyer", params={"include": "events,consent"}).json()
        neither = client.get("/profiles/user_id:buyer", params={"include": ""}).json()
        only_events = client.get("/profiles/user_id:buyer", params={"include": "events"}).json()
    assert {name: one["granted"] for name, one in usual["consent"].items()} == {
        "analytics": False, "personalisation": False, "marketing": False, "service": True, "risk": False,
    }  # fmt: skip
    assert usual["consent"]["marketing"]["event_id"] == "pa-2"
    assert usual["events"] is None
    assert (neither["consent"], neither["events"]) == (None, None)
    assert (only_events["consent"], only_events["events"]) == (None, whole["events"])
    assert whole["consent"] == usual["consent"]
    [bought] = [one for one in whole["events"] if one["event"] == "Order Completed"]
    assert {name: bought[name] for name in ("event_id", "type", "product_id", "currency", "path")} == {
        "event_id": "pa-2", "type": "track", "product_id": "tea", "currency": "CNY", "path": None,
    }  # fmt: skip
    assert float(bought["amount"]) == 12.5
    assert {one["event_id"] for one in whole["events"]} >= {"pa-1", "pa-2"}
    assert "pa-3" not in {one["event_id"] for one in whole["events"]}
    moments = [one["occurred_at"] for one in whole["events"]]
    assert moments == sorted(moments, reverse=True)


def test_a_lookup_and_a_context_tell_the_same(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        client.get("/profiles/user_id:buyer", params=FRESH)
        named = {"identifiers": [{"type": "user_id", "value": "buyer"}, {"type": "user_id", "value": "nobody at all"}]}
        found, nobody = client.post("/profiles/lookup", json=named | {"include": ["events"]}).json()["profiles"]
        event = {"userId": "buyer", "event": "Cart Viewed", "messageId": "pa-4"}
        asked = {"source": "shop", "event": event, "include": ["consent", "events"]}
        after = client.post("/context", json=asked).json()["profile"]
    assert nobody is None
    assert found["consent"] is None
    assert after["events"][0]["event_id"] == "pa-4"
    assert [one["event_id"] for one in after["events"][1:]] == [one["event_id"] for one in found["events"]]
    assert after["consent"]["marketing"] == {
        "granted": True, "since": after["events"][0]["occurred_at"], "source": found["events"][0]["source"],
        "event_id": "pa-4",
    }  # fmt: skip


def test_people_who_become_one_have_their_events_together_and_the_narrower_consent(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        client.get("/profiles/user_id:buyer", params=FRESH)
        ends: dict[str, Any] = {
            "a": {"type": "anonymous_id", "value": "phone of buyer"}, "b": {"type": "anonymous_id", "value": "tablet"},
        }  # fmt: skip
        world.send(shop, track("Product Viewed", anonymous="tablet", message_id="pa-5"))
        alone = client.get("/profiles/anonymous_id:tablet", params=FRESH | {"include": "consent,events"}).json()
        assert client.post("/identity/merge", json=ends | {"why": "one person"}).status_code == 200
        together = client.get("/profiles/anonymous_id:tablet", params={"include": "consent,events"}).json()
        leaving = {"profile": {"type": "user_id", "value": "buyer"}, "leaving": [ends["b"]], "why": "it was not"}
        assert client.post("/identity/split", json=leaving).status_code == 200
        apart = client.get("/profiles/anonymous_id:tablet", params={"include": "consent,events"}).json()
    assert (alone["consent"]["marketing"]["granted"], together["consent"]["marketing"]["granted"]) == (True, False)
    assert {one["event_id"] for one in together["events"]} >= {"pa-1", "pa-2", "pa-5"}
    assert [one["event_id"] for one in apart["events"]] == ["pa-5"]
    assert apart["consent"] == alone["consent"]


def test_what_cannot_be_included_is_refused(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        client.get("/profiles/user_id:buyer", params=FRESH)
        assert client.get("/profiles/user_id:buyer", params={"include": "everything"}).status_code == 422
        named = {"identifiers": [{"type": "user_id", "value": "buyer"}], "include": ["everything"]}
        assert client.post("/profiles/lookup", json=named).status_code == 422
