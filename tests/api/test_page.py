"""What a browser may read about the person in front of it: what is public, with a proof, at a listed origin."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from api_world import ApiWorld, identify, track

from zuji.api.page import PREFIX
from zuji.govern.page_proof import page_proof
from zuji.store import tag_live, tag_values
from zuji.store.tag_live import LiveRow
from zuji.store.tag_values import Kind, NewValue
from zuji.terms.secret import sha256_hex

SHOP = "https://shop.example"


class Page:
    """A page of a shop: its source's keys, and a browser without any."""

    def __init__(self, world: ApiWorld, workspace: str) -> None:
        keys = world.house.administration.keys
        made = keys.create_source(workspace, "page", "web", settings={"page_origins": [SHOP]}, actor="tests")
        self.world, self.workspace = world, workspace
        self.key, self.secret = made.write_key, made.secret_key

    @property
    def until(self) -> int:
        return self.world.house.ports.now_ms() // 1000 + 60

    def asked(self, type_: Any, value: str, **others: Any) -> dict[str, Any]:
        until = others.pop("until", self.until)
        proof = page_proof(sha256_hex(self.secret), type_, value, until)
        return {"key": self.key, type_: value, "until": until, "proof": proof} | others

    def post(self, name: str, body: Any, *, origin: str | None = SHOP, method: str = "POST") -> httpx.Response:
        headers = {"Origin": origin} if origin else {}
        return httpx.request(
            method, self.world.url + PREFIX + name, json=body, headers=headers, timeout=30, trust_env=False
        )

    def give(self, who: str, *, key: str, kind: Kind = "tag", value: Any = "gold", visibility: str = "public") -> None:
        """Give somebody a value, and declare who may read it."""
        with self.world.client(workspace=self.workspace) as client:
            person = client.get(f"/profiles/{who}", params={"fresh": "true"}).raise_for_status().json()["id"]
        with self.world.house.engine.hot.write() as connection:
            tag_live.publish(connection, LiveRow(self.workspace, kind, key, 1, {"visibility": visibility}))
            tag_values.write_values(connection, [NewValue(self.workspace, person, kind, key, value, 0, 1)])


@pytest.fixture
def page(world: ApiWorld, workspace: str) -> Page:
    return Page(world, workspace)


def test_a_proven_user_reads_what_is_public_and_nothing_else(world: ApiWorld, page: Page) -> None:
    world.send(page.workspace, identify("u-1", traits={"email": "a@shop.cn"}))
    page.give("user_id:u-1", key="tier")
    page.give("user_id:u-1", key="credit_risk", value="high", visibility="internal")
    page.give("user_id:u-1", key="vips", kind="segment", value=True)
    page.give("user_id:u-1", key="watched", kind="segment", value=True, visibility="internal")
    answer = page.post("profile", page.asked("user_id", "u-1"))
    assert answer.status_code == 200
    assert answer.json() == {"known": True, "tags": {"tier": "gold"}, "segments": ["vips"]}
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_an_anonymous_proof_reads_until_its_owner_is_identified(world: ApiWorld, page: Page) -> None:
    world.send(page.workspace, track("Product Viewed", anonymous="a-1"))
    page.give("anonymous_id:a-1", key="tier")
    assert page.post("profile", page.asked("anonymous_id", "a-1")).json()["tags"] == {"tier": "gold"}
    world.send(page.workspace, identify("u-9", anonymous="a-1"))
    page.give("user_id:u-9", key="tier")
    assert page.post("profile", page.asked("anonymous_id", "a-1")).json() == {
        "known": False,
        "tags": {},
        "segments": [],
    }
    assert page.post("profile", page.asked("user_id", "u-9")).json()["tags"] == {"tier": "gold"}


def test_keys_and_wrong_proofs_read_nothing(world: ApiWorld, page: Page) -> None:
    world.send(page.workspace, identify("u-1"))
    page.give("user_id:u-1", key="tier")
    good = page.asked("user_id", "u-1")
    wrong = [
        good | {"proof": "0" * 64},
        good | {"user_id": "u-2"},
        good | {"until": good["until"] + 1},
        good | {"key": page.secret},
        good | {"key": "zp_unknown"},
        page.asked("user_id", "u-1", until=page.until - 120),
        page.asked("user_id", "u-1", until=page.until + 40 * 86_400),
        page.asked("user_id", "u-1") | {"anonymous_id": "a-1"},
        good | {"proof": page_proof(sha256_hex(page.key), "user_id", "u-1", good["until"])},
    ]
    for body in wrong:
        answer = page.post("profile", body)
        assert (answer.status_code, answer.json()["code"]) == (401, "no_valid_proof"), body
    assert page.post("profile", {"key": page.key}).status_code == 422
    assert page.post("profile", None, method="GET").status_code == 404
    bare = httpx.get(f"{world.url}/api/v1/profiles", headers={"Origin": SHOP}, trust_env=False, timeout=60)
    assert "Access-Control-Allow-Origin" not in bare.headers


def test_only_listed_origins_may_read_and_a_preflight_says_so(world: ApiWorld, page: Page) -> None:
    world.send(page.workspace, identify("u-1"))
    elsewhere = page.post("profile", page.asked("user_id", "u-1"), origin="https://evil.example")
    assert elsewhere.status_code == 403
    assert "Access-Control-Allow-Origin" not in elsewhere.headers
    allowed = page.post("profile", None, method="OPTIONS")
    assert (allowed.status_code, allowed.headers["Access-Control-Allow-Origin"]) == (204, SHOP)
    refused = page.post("profile", None, method="OPTIONS", origin="https://evil.example")
    assert "Access-Control-Allow-Origin" not in refused.headers


def test_an_event_goes_in_as_the_proven_person_whatever_it_says(world: ApiWorld, page: Page) -> None:
    event = {"event": "Product Viewed", "userId": "somebody-else", "properties": {"sku": "A"}}
    answer = page.post("context", page.asked("anonymous_id", "a-7", event=event))
    assert answer.json() == {"known": True, "tags": {}, "segments": []}
    with world.client(workspace=page.workspace) as client:
        counted = {
            user: client.get("/events/count", params={"user": user, "fresh": "true"}).json()["count"]
            for user in ("a-7", "somebody-else")
        }
    assert counted == {"a-7": 1, "somebody-else": 0}
