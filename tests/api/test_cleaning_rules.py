"""Rules of cleaning over the API: the catalogue, a switch that is thrown, and what it then does to what comes in."""

from __future__ import annotations

from typing import Any

import httpx
from api_world import ApiWorld, track


def rules_of(client: httpx.Client) -> dict[str, Any]:
    answer = client.get("/cleaning/rules", params={"fresh": "true"})
    assert answer.status_code == 200, answer.text
    return {one["rule"]: one for one in answer.json()["rules"]}


def test_a_switch_that_is_thrown_holds_from_the_next_events_on_and_what_it_did_is_counted(
    world: ApiWorld, workspace: str
) -> None:
    with world.client(workspace=workspace) as owner:
        world.send(workspace, track("Product Viewed", "u1", properties={"price": -1, "age": 300}))
        before = rules_of(owner)
        document = {"negative_number": {"action": "quarantine"}, "impossible_age": {"action": "off"}}
        assert owner.put("/policies/rules", json={"document": document, "over": 0}).status_code == 200
        world.send(workspace, track("Product Viewed", "u1", properties={"price": -2, "age": 300}))
        after = rules_of(owner)
        quarantined = owner.get("/quarantine", params={"fresh": "true"}).json()["quarantined"]
        [stored] = owner.get("/events", params={"fresh": "true"}).json()["events"]
    assert before["negative_number"]["holds"] == before["negative_number"]["default"] == {"action": "flag"}
    assert before["negative_number"]["touched"] == before["impossible_age"]["touched"] == {"flag": 1}
    assert after["negative_number"]["holds"] == {"action": "quarantine"}
    assert after["negative_number"]["touched"] == {"flag": 1, "quarantine": 1}
    assert after["impossible_age"]["touched"] == {"flag": 1}
    assert [(one["reason"], one["detail"]) for one in quarantined] == [
        ("against_rule", "negative_number: price is -2"),
    ]
    assert "suspect" in stored["flags"]
    assert set(stored["flag_reason"].split(",")) == {"negative:price", "impossible:age"}


def test_rules_that_make_no_sense_are_refused_and_those_before_hold_on(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner:
        answer = owner.put("/policies/rules", json={"document": {"short_view": {"action": "mend"}}})
        version = owner.get("/cleaning/rules").json()["version"]
    assert (answer.status_code, version) == (422, 0)
    assert "short_view.action" in answer.json()["message"]


def test_the_rules_of_one_workspace_do_not_judge_another(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner:
        owner.put("/policies/rules", json={"document": {"negative_number": {"action": "quarantine"}}})
        other = world.workspace()
        world.send(other, track("Product Viewed", "u1", properties={"price": -1}))
        with world.client(workspace=other) as neighbour:
            assert rules_of(neighbour)["negative_number"]["touched"] == {"flag": 1}
        assert rules_of(owner)["negative_number"]["touched"] == {}


def test_a_step_that_is_missing_is_inferred_once_it_was_decided_and_a_question_can_leave_it_out(
    world: ApiWorld, workspace: str
) -> None:
    with world.client(workspace=workspace) as owner:
        document = {"missing_step": {"action": "infer", "after_hours": 0}}
        assert owner.put("/policies/rules", json={"document": document, "over": 0}).status_code == 200
        world.send(workspace, track("Order Completed", "buyer-1", properties={"revenue": 5}))
        touched = rules_of(owner)["missing_step"]["touched"]
        events = owner.get("/events", params={"fresh": "true"}).json()["events"]
        counted = [_carts(owner, inferred) for inferred in ("include", "leave_out")]
        account = owner.get("/accounting", params={"fresh": "true"}).json()
    assert touched == {"infer": 1}
    [step] = [one for one in events if one["event"] == "Product Added"]
    assert ("inferred" in step["flags"], step["flag_reason"]) == (True, "inferred:Order Completed")
    assert counted == [1, 0]
    assert account["closed"]
    assert (account["total"]["stored"], account["total"]["inferred"]) == (1, 1)


def _carts(client: httpx.Client, inferred: str) -> float:
    question = {"series": [{"event": "Product Added"}], "inferred": inferred}
    answer = client.post("/questions/run", params={"fresh": "true"}, json={"kind": "trend", "question": question})
    total: float = answer.json()["answer"]["series"][0]["total"]
    return total
