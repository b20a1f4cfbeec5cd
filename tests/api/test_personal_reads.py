"""Who sees personal values masked may count them and compare whole ones, and reads none piece by piece."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import ApiWorld, identify, track

PHONE = "+8613812348000"
EVERY_MINUTE = {"unit": "minute"}
ABOVE_ONE = {"figure": {"series": 0, "figure": "total"}, "condition": "above", "threshold": 1}


@pytest.fixture
def filled(world: ApiWorld, workspace: str) -> str:
    """Somebody with a phone who orders."""
    world.send(workspace, identify("u-1"), track("order", "u-1", properties={"phone": PHONE}))
    return workspace


def trend(**series: Any) -> dict[str, Any]:
    return {"kind": "trend", "question": {"series": [series], "date_from": "-1d"}}


def where(op: str, value: str) -> dict[str, Any]:
    return trend(where=[{"property": "phone", "op": op, "value": value}])


@pytest.mark.parametrize("body", [where("contains", "138"), trend(math="max", property="phone")])
def test_a_question_that_reads_a_personal_value_piece_by_piece_is_nowhere_answered_or_kept(
    world: ApiWorld, filled: str, body: dict[str, Any]
) -> None:
    named = {"name": "pieces", **body}
    with world.client(workspace=filled) as owner:
        # Answered once: the memory of answers must not give it to those who may not ask.
        assert owner.post("/questions/run", json=body, params={"fresh": "true"}).status_code == 200
        kept = owner.post("/questions/saved", json={**named, "shared": "workspace"}).json()["id"]
    with world.client(world.token("analyst"), workspace=filled) as analyst:
        own = analyst.post("/questions/saved", json={"name": "whole", **where("equals", PHONE)}).json()["id"]
        watch = {"name": "watch", "question": kept, "rule": ABOVE_ONE, "schedule": EVERY_MINUTE}
        cell = {"cell": {"series": 0, "period": None}}
        answers = [
            analyst.post("/questions/run", json=body),
            analyst.post("/questions/people", json=body | cell),
            analyst.post("/lists", json=named | cell),
            analyst.post(f"/questions/saved/{kept}/run", json={}),
            analyst.post("/questions/saved", json=named),
            analyst.patch(f"/questions/saved/{own}", json={"question": body["question"]}),
            analyst.post("/alerts", json=watch),
            analyst.post("/exports", json={**body, "format": "json"}),
        ]
    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert all("personal values, which your role sees masked" in answer.text for answer in answers)


def test_comparing_whole_values_is_open_to_every_role(world: ApiWorld, filled: str) -> None:
    with world.client(world.token("marketer"), workspace=filled) as client:
        asked = client.post("/questions/run", json=where("equals", PHONE), params={"fresh": "true"})
        kept = client.post("/questions/saved", json={"name": "whole", **where("equals", PHONE)})
    assert (asked.status_code, kept.status_code) == (200, 201), asked.text
    assert asked.json()["answer"]["series"][0]["total"] == 1
