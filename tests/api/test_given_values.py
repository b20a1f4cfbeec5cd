"""Values of tags given over HTTP: who has them, who said them, and what is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from api_world import ApiWorld, identify, track

NAME = {"en": "Grade", "zh": "等级"}
GRADE = {"key": "grade", "name": NAME, "family": "value_tier", "origin": "imported", "value_type": "text"}
BUYER = {
    "key": "buyer",
    "name": NAME,
    "family": "value_tier",
    "rule": {"when": {"measure": "count", "event": "Order Completed", "op": "gte", "value": 1}},
}


@pytest.fixture
def shop(world: ApiWorld, workspace: str) -> str:
    world.send(workspace, identify("ann", traits={"phone": "13812348000"}), track("Order Completed", "ben"))
    with world.client(workspace=workspace) as client:
        for document in (GRADE, BUYER):
            assert client.post("/tags", json=document).status_code == 201
            assert client.post(f"/tags/{document['key']}/publish").status_code == 200
        assert client.get("/tags", params={"fresh": "true"}).status_code == 200
    return workspace


def said(type_: str, identifier: str, value: Any) -> dict[str, Any]:
    return {"who": {"type": type_, "value": identifier}, "value": value}


def give(client: httpx.Client, *values: dict[str, Any], key: str = "grade") -> httpx.Response:
    return client.put(f"/tags/{key}/values", json={"values": list(values)})


def test_a_value_is_given_by_identifier_shown_explained_and_taken_away(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        client.get("/profiles/user_id:ann", params={"fresh": "true"})
        answer = give(client, said("phone", "138 1234 8000", "gold"), said("user_id", "nobody", "gold"))
        assert answer.json() == {"given": 1, "unknown": [{"type": "user_id", "value": "nobody"}]}, answer.text
        profile = client.get("/profiles/user_id:ann", params={"fresh": "true"}).json()
        assert profile["tags"]["grade"]["value"] == "gold"
        why = client.get("/profiles/user_id:ann/why", params={"key": "grade", "fresh": "true"}).json()
        assert (why["value"], why["given"]["who"]["type"], why["given"]["until"]) == ("gold", "phone", None)
        assert why["given"]["by"]
        assert client.get("/tags/grade").json()["people"] == 1
        assert give(client, said("profile", str(profile["id"]), None)).json()["given"] == 1
        assert "grade" not in client.get("/profiles/user_id:ann", params={"fresh": "true"}).json()["tags"]
        gone = client.get("/profiles/user_id:ann/why", params={"key": "grade", "fresh": "true"}).json()
        assert (gone["value"], gone["given"]["by"]) == (None, why["given"]["by"])


def test_what_was_given_is_in_the_change_stream_and_questions_can_ask_for_it(world: ApiWorld, shop: str) -> None:
    gold = [{"property": "grade", "scope": "tag", "op": "equals", "value": "gold"}]
    question = {"series": [{"event": "Order Completed", "math": "total", "where": gold}], "date_from": "-2d"}

    def orders_of_gold(client: httpx.Client) -> float:
        body = {"kind": "trend", "question": question}
        answer = client.post("/questions/run", json=body, params={"fresh": "true"})
        assert answer.status_code == 200, answer.text
        return float(sum(answer.json()["answer"]["series"][0]["values"]))

    with world.client(workspace=shop) as client:
        assert orders_of_gold(client) == 0
        assert give(client, said("user_id", "ben", "gold")).json()["given"] == 1
        changes = client.get("/changes", params={"after": 0}).json()["changes"]
        told = [(one["new"], one["cause"]) for one in changes if one["key"] == "grade"]
        assert told == [("gold", "set")]
        while world.house.tag_rows.copy_some():
            pass  # what a thread of the server does all the time
        assert orders_of_gold(client) == 1


def test_what_makes_no_sense_is_refused(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        assert give(client, said("user_id", "ben", 5)).status_code == 422
        assert give(client, said("user_id", "ben", "")).status_code == 422
        assert give(client, said("user_id", "ben", True), key="buyer").status_code == 409
        assert give(client, said("user_id", "ben", "x"), key="no_such").status_code == 404
        assert give(client).status_code == 422
        assert give(client, *[said("user_id", "ben", "x")] * 1_001).status_code == 422


def test_who_may_not_write_tags_gives_no_values(world: ApiWorld, shop: str) -> None:
    with world.client(world.token("viewer", shop), workspace=shop) as client:
        assert give(client, said("user_id", "ben", "gold")).status_code == 403
