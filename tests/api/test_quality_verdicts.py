"""A sample for people to judge, their verdicts, and the accuracy that follows, over the API."""

from __future__ import annotations

from typing import Any

import httpx
from api_world import ApiWorld, track

SEEN = {"fresh": "true"}


def sample(world: ApiWorld, workspace: str, token: str | None = None, **asked: str) -> list[dict[str, Any]]:
    with world.client(token, workspace=workspace) as caller:
        answer = caller.get("/quality/sample", params={**SEEN, **asked})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["events"]
    return found


def ids(events: list[dict[str, Any]], stratum: str | None = None) -> list[str]:
    return [one["event_id"] for one in events if stratum in (None, one["stratum"])]


def test_the_sample_leans_to_what_is_doubtful_and_costly_and_a_seed_draws_the_same_again(
    world: ApiWorld, workspace: str
) -> None:
    doubtful = [track("Bag Packed", f"sample-u{n}", properties={"price": -1}) for n in range(30)]
    costly = [track("Order Completed", f"sample-u{n}", properties={"total": 9_000 + n}) for n in range(3)]
    usual = [track("Order Completed", f"sample-u{n}", properties={"total": 5}) for n in range(60)]
    world.send(workspace, *doubtful, *costly, *usual)
    drawn = sample(world, workspace, size="20", seed="7")
    assert (len(ids(drawn, "risk")), len(ids(drawn, "rest"))) == (10, 4)
    assert set(ids(drawn, "risk")) <= {one.message_id for one in doubtful}
    assert {one.message_id for one in costly} <= set(ids(sample(world, workspace, size="200"), "value"))
    assert sample(world, workspace, size="20", seed="7") == drawn
    assert set(ids(sample(world, workspace, size="20", seed="8"))) != set(ids(drawn))
    assert sample(world, world.workspace()) == []


def test_verdicts_are_kept_with_who_and_when_and_correct_the_accuracy(world: ApiWorld, workspace: str) -> None:
    doubtful = track("Bag Packed", "verdict-u1", properties={"price": -1})
    usual = [track("Bag Packed", f"verdict-u{n}", properties={"size": "L"}) for n in range(3)]
    world.send(workspace, doubtful, *usual)
    drawn = {one["event_id"]: one for one in sample(world, workspace)}
    assert set(drawn) == {doubtful.message_id, *(one.message_id for one in usual)}

    def said(message_id: str, verdict: str, *fields: str) -> dict[str, Any]:
        known = {name: drawn[message_id][name] for name in ("source", "event_id", "stratum", "received_at")}
        return {**known, "verdict": verdict, "fields": list(fields)}

    with world.client(workspace=workspace) as owner:
        before = owner.get("/quality/verdicts", params=SEEN).json()
        for body in (said(doubtful.message_id, "wrong"), said(doubtful.message_id, "right"),
                     said(usual[0].message_id, "wrong", "size")):  # fmt: skip
            answer = owner.post("/quality/verdicts", json=body)
            assert answer.status_code == 200, answer.text
        told = owner.get("/quality/verdicts", params=SEEN).json()
        refused = owner.post("/quality/verdicts", json=said(doubtful.message_id, "perhaps"))
    with httpx.Client(
        base_url=f"{world.url}/api/v1", headers={"Authorization": f"Bearer {world.owner}"}, timeout=60
    ) as operator:
        log = operator.get("/audit", params={"subject": workspace}).json()
    assert (before["automatic"], before["corrected"], before["verdicts"]) == (75.0, None, [])
    assert told["strata"] == {
        "risk": {"events": 1, "labelled": 1, "wrong": 0},
        "value": {"events": 0, "labelled": 0, "wrong": 0},
        "rest": {"events": 3, "labelled": 1, "wrong": 1},
    }
    assert (told["automatic"], told["corrected"]) == (75.0, 25.0)
    assert told["low"] < 25 < told["high"]
    kept = {one["event_id"]: (one["verdict"], one["fields"]) for one in told["verdicts"]}
    assert kept == {doubtful.message_id: ("right", []), usual[0].message_id: ("wrong", ["size"])}
    again = {one["event_id"]: one["verdict"] for one in sample(world, workspace)}
    assert again[doubtful.message_id]["verdict"] == "right"
    assert again[usual[1].message_id] is None
    assert sum(one["action"] == "quality.verdict" and one["subject"] == workspace for one in log["entries"]) == 3
    assert refused.status_code == 422


def test_who_may_not_judge_is_refused_and_who_may_not_see_people_gets_masked_values(
    world: ApiWorld, workspace: str
) -> None:
    world.send(workspace, track("Bag Packed", "masked-u1", properties={"email": "ana@example.com"}))
    [shown] = sample(world, workspace)
    [masked] = sample(world, workspace, token=world.token("analyst", workspace))
    assert shown["properties"]["email"] == "ana@example.com"
    assert "ana@example.com" not in str(masked)
    with world.client(world.token("viewer", workspace), workspace=workspace) as viewer:
        assert viewer.get("/quality/sample").status_code == 403
        assert viewer.get("/quality/verdicts").status_code == 200


def test_what_was_said_of_events_is_forgotten_with_the_data_of_their_source(world: ApiWorld) -> None:
    workspace = world.workspace()
    event = track("Bag Packed", "verdict-gone", properties={"price": -1})
    world.send(workspace, event)
    [drawn] = sample(world, workspace)
    body = {name: drawn[name] for name in ("source", "event_id", "stratum", "received_at")}
    with world.client(workspace=workspace) as owner:
        said = owner.post("/quality/verdicts", json={**body, "verdict": "wrong", "note": "call 13812345678"})
        assert said.status_code == 200, said.text
        with world.client(world.token("viewer", workspace), workspace=workspace) as viewer:
            [seen] = viewer.get("/quality/verdicts", params=SEEN).json()["verdicts"]
        assert "13812345678" not in seen["note"]
        assert owner.delete(f"/sources/{drawn['source']}/data").status_code == 200
        assert owner.get("/quality/verdicts", params=SEEN).json()["verdicts"] == []
