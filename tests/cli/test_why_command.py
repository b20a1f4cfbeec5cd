"""zuji tag why and zuji segment why: as tables and as JSON, of a running server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from servers import RunningServer, zuji, zuji_json

NAME = {"en": "Why", "zh": "为何"}
ORDERS = {"measure": "count", "event": "Why Order"}
REGULAR = {
    "key": "why_regular",
    "name": NAME,
    "family": "value_tier",
    "rule": {
        "cases": [
            {"value": "regular", "when": {**ORDERS, "op": "gte", "value": 3}},
            {"value": "buyer", "when": {**ORDERS, "op": "gte", "value": 1}},
        ]
    },
}
REGULARS = {"key": "why_regulars", "name": NAME, "rule": {"when": {**ORDERS, "op": "gte", "value": 3}}}
WHO = "user_id:why/u 1"
"""An identifier may hold what a path of the API may not."""


def publish(server: RunningServer, kind: str, document: dict[str, Any]) -> None:
    headers = {"authorization": f"Bearer {server.token}"}
    for path, body in (("", document), (f"/{document['key']}/publish", {"announce": False})):
        done = httpx.post(f"{server.url}/api/v1/{kind}s{path}", json=body, headers=headers, trust_env=False, timeout=60)
        assert done.is_success, done.text


def order(server: RunningServer, number: int) -> None:
    event = {"type": "track", "event": "Why Order", "userId": "why/u 1", "messageId": f"why-{number}"}
    auth = (server.secret_key, "")
    sent = httpx.post(f"{server.url}/v1/batch", json={"batch": [event]}, auth=auth, trust_env=False, timeout=60)
    assert sent.status_code == 200, sent.text


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A shop with both definitions and a customer of two orders."""
    data = tmp_path_factory.mktemp("why") / "data"
    with RunningServer(data) as server:
        publish(server, "tag", REGULAR)
        publish(server, "segment", REGULARS)
        order(server, 1)
        order(server, 2)
        assert server.count(user="why/u 1") == 2  # waits until both are stored
        yield "--data", str(data)


def test_a_tag_is_explained_by_conditions_events_and_what_would_change_it(place: tuple[str, str]) -> None:
    shown = zuji("tag", "why", "why_regular", WHO, *place).stdout
    for said in ("why_regular of user_id:why/u 1", "buyer", "1 more", "Why Order", "why-1", "why-2"):
        assert said in shown


def test_a_segment_is_explained_as_json_as_the_api_tells_it(place: tuple[str, str]) -> None:
    told = zuji_json("segment", "why", "why_regulars", WHO, *place)
    [reason] = told["reasons"]
    assert (told["value"], reason["passed"], reason["figure"]) == (None, False, 2)
    assert reason["changes"] == [{"kind": "more", "amount": 1.0, "at": None}]
    assert [one["event_id"] for one in reason["events"]] == ["why-2", "why-1"]


def test_of_whom_nothing_was_heard_by_then_that_is_said(place: tuple[str, str]) -> None:
    before = zuji("segment", "why", "why_regulars", WHO, "--at", "2001-01-01", *place).stdout
    assert "not in it" in before
    assert "no rule is asked of them" in before
