"""A tag may be what somebody wrote last: its values are masked wherever they are told to a role that sees none."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest
from api_world import ApiWorld, identify, track

NAME = {"en": "A name", "zh": "名字"}
EMAIL, MASKED_EMAIL = "ada.lovelace@example.cn", "a***@example.cn"
PHONE, MASKED_PHONE = "13812348000", "138****8000.0"
PATIENCE_S = 30.0


def last(property_: str, measure: str = "last") -> dict[str, Any]:
    """A tag of what stands in a property."""
    rule = {"value": {"measure": measure, "event": None, "property": property_}}
    return {"key": f"{measure}_{property_}", "name": NAME, "family": "basic_attribute", "rule": rule}


@pytest.fixture
def filled(world: ApiWorld, workspace: str) -> str:
    """Somebody who ordered under a name, with an e-mail address and a phone."""
    order = {"email": EMAIL, "receiver": {"name": "Ada"}, "nickname": "Ady", "phone": int(PHONE), "plan": "pro"}
    world.send(workspace, identify("u-1"), track("order", "u-1", properties=order))
    return workspace


def previewed(client: httpx.Client, definition: dict[str, Any]) -> tuple[Any, Any]:
    """The value of the sample, and the most frequent one."""
    answer = client.post("/tags/preview", json={"definition": definition}, params={"fresh": "true"})
    assert answer.is_success, answer.text
    found = answer.json()
    return found["sample"][0]["value"], found["values"][0]["value"]


@pytest.mark.parametrize(
    ("property_", "whole", "masked"),
    [("email", EMAIL, MASKED_EMAIL), ("nickname", "Ady", "***"), ("plan",) + ("pro",) * 2],
)
def test_a_preview_tells_no_personal_value(
    world: ApiWorld, filled: str, property_: str, whole: str, masked: str
) -> None:
    told = {}
    for role in ("owner", "marketer"):
        with world.client(world.token(role), workspace=filled) as client:
            told[role] = previewed(client, last(property_))
    assert told == {"owner": (whole, whole), "marketer": (masked, masked)}


def test_neither_profiles_nor_changes_nor_their_stream_nor_why_tell_what_a_tag_was_taken_from(
    world: ApiWorld, filled: str
) -> None:
    with world.client(workspace=filled) as owner:
        for definition in (last("email"), last("nickname"), last("phone", "maximum"), last("plan")):
            assert owner.post("/tags", json=definition).is_success
            assert owner.post(f"/tags/{definition['key']}/publish", json={"announce": True}).is_success
        whole = {"last_email": EMAIL, "last_nickname": "Ady", "last_plan": "pro", "maximum_phone": int(PHONE)}
        assert until_tagged(owner, len(whole)) == whole
        # What held before counts too: its changes are told for long.
        again = {**last("nickname"), "rule": last("plan")["rule"]}
        assert owner.put("/tags/last_nickname", json=again).is_success
        assert owner.post("/tags/last_nickname/publish", json={"announce": True}).is_success
    masked = {"last_email": MASKED_EMAIL, "last_nickname": "***", "last_plan": "pro", "maximum_phone": MASKED_PHONE}
    with world.client(world.token("analyst"), workspace=filled) as analyst:
        assert tags_of(analyst) == masked
        page = analyst.get("/changes", params={"silent": "true"})
        why = analyst.get("/profiles/user_id:u-1/why", params={"key": "last_email"})
        with analyst.stream("GET", "/changes/stream", params={"after": 0}) as answer:
            streamed = [json.loads(line) for line in first_changes(answer, len(whole))]
    assert {one["new"] for one in page.json()["changes"]} == set(masked.values())
    assert {one["new"] for one in streamed} == set(masked.values())
    assert (why.json()["value"], why.json()["reasons"][0]["figure"]) == (MASKED_EMAIL, MASKED_EMAIL)


@pytest.mark.parametrize(
    ("compared", "status"),
    [({"tag": "last_phone", "op": "contains", "value": "138"}, 403), ({"tag": "last_phone", "op": "is_set"}, 201)],
)
def test_a_rule_that_reads_a_personal_value_piece_by_piece_is_neither_previewed_nor_written(
    world: ApiWorld, filled: str, compared: dict[str, Any], status: int
) -> None:
    document = {"key": "pieces", "name": NAME, "rule": {"when": {"all": [{"not": compared}]}}}
    tag = {**document, "family": "value_tier"}
    with world.client(workspace=filled) as owner:
        assert owner.post("/tags", json=last("phone")).status_code == 201
        assert owner.post("/tags/last_phone/publish").is_success
        for kind, one in (("tags", tag), ("segments", document)):
            plain = {**one, "key": "plain", "rule": {"when": {"trait": "city", "op": "is_set"}}}
            assert owner.post(f"/{kind}", json=plain).status_code == 201
    with world.client(world.token("marketer"), workspace=filled) as marketer:
        for kind, one in (("tags", tag), ("segments", document)):
            answers = [
                marketer.post(f"/{kind}", json=one),
                marketer.put(f"/{kind}/plain", json={**one, "key": "plain"}),
                marketer.post(f"/{kind}/preview", json={"definition": one}),
            ]
            wanted = [403] * 3 if status == 403 else [201, 200, 200]
            assert [answer.status_code for answer in answers] == wanted, answers[0].text


def test_a_statistic_of_a_personal_property_is_refused_too(world: ApiWorld, filled: str) -> None:
    asked = {"kind": "rfm", "question": {"event": "order", "value": "phone"}, "gives": "value"}
    tag = {**last("phone"), "rule": None, "origin": "statistic", "statistic": asked, "value_type": "number"}
    with world.client(world.token("marketer"), workspace=filled) as marketer:
        assert marketer.post("/tags", json=tag).status_code == 403
        plain = {**tag, "statistic": {**asked, "question": {"event": "order"}}}
        assert marketer.post("/tags", json=plain).status_code == 201


def until_tagged(client: httpx.Client, number: int) -> dict[str, Any]:
    """The tags of the one person once there are so many: everybody is looked at in the background."""
    deadline = time.monotonic() + PATIENCE_S
    while len(found := tags_of(client)) < number and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def tags_of(client: httpx.Client) -> dict[str, Any]:
    tags = client.get("/profiles/user_id:u-1", params={"fresh": "true"}).json()["tags"]
    return {key: one["value"] for key, one in tags.items()}


def first_changes(answer: httpx.Response, count: int) -> list[str]:
    """The first so many changes of a stream, as JSON."""
    found: list[str] = []
    for line in answer.iter_lines():
        if line.startswith("data: "):
            found.append(line.removeprefix("data: "))
        if len(found) == count:
            break
    return found
