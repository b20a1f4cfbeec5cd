"""Quarantine over the API: groups, repairs tried and carried out, what was dropped, who may see what."""

from __future__ import annotations

from typing import Any

import httpx
from api_world import ApiWorld, track

STEPS = [
    {"do": "move", "field": "properties.member", "to": "userId"},
    {"do": "convert", "field": "properties.price", "to": "number"},
]


def break_the_shop(world: ApiWorld, workspace: str, *, events: int) -> None:
    """The shop sends events that name nobody: their members stand among the properties."""
    for number in range(events):
        properties = {"member": f"u{number}", "price": f"{number}.50", "phone": "13812348000"}
        world.send(workspace, track("Sold", message_id=f"{workspace}-{number}", properties=properties))


def get(client: httpx.Client, path: str, **query: Any) -> Any:
    answer = client.get(path, params={"fresh": "true", **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_repair_is_tried_on_a_sample_and_then_carried_out(world: ApiWorld, workspace: str) -> None:
    break_the_shop(world, workspace, events=5)
    shop = world.source(workspace).id
    with world.client(workspace=workspace) as owner:
        [group] = get(owner, "/quarantine/groups")["groups"]
        chosen = {name: group[name] for name in ("source", "reason", "protocol", "cause")}
        preview = owner.post("/quarantine/repairs/preview", params={"limit": 2}, json={**chosen, "steps": STEPS}).json()
        useless = owner.post("/quarantine/repairs/preview", json={**chosen, "steps": STEPS[1:]}).json()
        untouched = get(owner, "/quarantine/reasons")["reasons"]
        outcome = owner.post("/quarantine/repairs", json={**chosen, "steps": STEPS}).json()["outcome"]
        stored = get(owner, "/events", limit=10)["events"]
        run = get(owner, f"/quarantine/repairs/{outcome['repair']}")
        listed = get(owner, "/quarantine/repairs")["repairs"]
        dropped = get(owner, "/quarantine/dropped")
        audit = owner.get("/audit", params={"limit": 50}).json()["entries"]
    assert (group["source"], group["reason"], group["events"]) == (shop, "no_identifier", 5)
    assert (preview["tried"], preview["passing"]) == (2, 2)
    first = preview["events"][0]
    assert first["before"]["properties"]["price"] == "0.50"
    assert (first["after"]["userId"], first["after"]["properties"]["price"]) == ("u0", 0.5)
    assert (useless["tried"], useless["passing"], useless["events"][0]["reason"]) == (5, 0, "no_identifier")
    assert untouched == {"no_identifier": 5}
    assert (outcome["tried"], outcome["passed"], outcome["failures"]) == (5, 5, {})
    assert sorted(event["event_id"] for event in stored) == [f"{workspace}-{number}" for number in range(5)]
    assert {event["flag_reason"] for event in stored} == {f"repaired:{outcome['repair']}"}
    assert all("repaired" in event["flags"] for event in stored)
    assert (run["state"], run["passed"], run["repair"]) == ("done", 5, {**chosen, "steps": STEPS})
    assert listed == [run]
    [day] = dropped["quarantined"]
    assert {name: day[name] for name in ("source", "reason", "quarantined", "waiting", "replayed")} == {
        "source": shop, "reason": "no_identifier", "quarantined": 5, "waiting": 0, "replayed": 5,
    }  # fmt: skip
    assert any(entry["action"] == "quarantine.repair" and entry["subject"] == workspace for entry in audit)


def test_repeats_are_told_among_what_was_dropped(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, track("Sold", "u1", message_id=f"{workspace}-a"))
    world.send(workspace, track("Sold", "u1", message_id=f"{workspace}-a"))
    with world.client(workspace=workspace) as owner:
        dropped = get(owner, "/quarantine/dropped")
    assert dropped["quarantined"] == []
    assert [(one["accepted"], one["duplicate"], one["refused"]) for one in dropped["uncounted"]] == [(2, 1, 0)]


def test_who_may_not_see_personal_values_gets_them_masked_and_may_not_repair(world: ApiWorld, workspace: str) -> None:
    break_the_shop(world, workspace, events=1)
    with world.client(world.token("analyst", workspace), workspace=workspace) as analyst:
        get(analyst, "/quarantine/groups")
        preview = analyst.post("/quarantine/repairs/preview", json={"steps": STEPS})
        refused = analyst.post("/quarantine/repairs", json={"steps": STEPS})
        expiring = analyst.post("/quarantine/expire", json={})
    assert preview.json()["events"][0]["after"]["properties"]["phone"] == "138****8000"
    assert "13812348000" not in preview.text
    assert (refused.status_code, expiring.status_code) == (403, 403)


def test_another_workspace_sees_nothing_of_it_and_repairs_nothing(world: ApiWorld, workspace: str) -> None:
    break_the_shop(world, workspace, events=2)
    other = world.workspace()
    with world.client(workspace=workspace) as owner:
        one = get(owner, "/quarantine")["quarantined"][0]["id"]
    with world.client(workspace=other) as stranger:
        groups = get(stranger, "/quarantine/groups")
        assert stranger.post("/quarantine/repairs", json={"steps": STEPS}).json()["outcome"]["tried"] == 0
        stranger.delete(f"/quarantine/{one}")
        stranger.post("/quarantine/expire", json={"days": 0})
    with world.client(workspace=workspace) as owner:
        assert get(owner, "/quarantine/reasons")["total"] == 2
    assert groups == {"groups": []}


def test_what_makes_no_sense_is_refused_before_anything_is_tried(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner:
        for path in ("/quarantine/repairs", "/quarantine/repairs/preview"):
            answer = owner.post(path, json={"steps": [{"do": "eval", "field": "event"}]})
            assert (answer.status_code, answer.json()["code"]) == (422, "bad_question")
        assert owner.get("/quarantine/repairs/nothing").status_code == 404


def test_quarantine_is_kept_as_long_as_the_plan_says(world: ApiWorld, workspace: str) -> None:
    broken = track("Sold", properties={})
    world.send(workspace, broken)
    with world.client(workspace=workspace) as owner:
        get(owner, "/quarantine/groups")
        assert owner.post("/quarantine/expire", json={}).json()["outcome"] == {"expired": 0}
        owner.put("/policies/plan", json={"document": {"keep_quarantined_days": 1}}).raise_for_status()
        assert owner.put("/policies/plan", json={"document": {"keep_quarantined_days": 0}}).status_code == 422
        assert owner.post("/quarantine/expire", json={"days": 0}).json()["outcome"] == {"expired": 1}
