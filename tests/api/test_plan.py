"""The tracking plan over the API: learnt from what arrives, decided, enforced, exported, imported."""

from __future__ import annotations

from typing import Any

import httpx
from api_world import ApiWorld, track

SEGMENT_PLAN: dict[str, Any] = {
    "data": {
        "trackingPlan": {
            "rules": [
                {
                    "type": "TRACK",
                    "key": "Sold",
                    "version": 1,
                    "jsonSchema": {
                        "description": "Somebody paid.",
                        "properties": {
                            "properties": {
                                "properties": {
                                    "price": {"type": "number", "description": "In yuan."},
                                    "size": {"type": ["string", "null"], "enum": ["S", "L"]},
                                },
                                "required": ["price"],
                                "additionalProperties": False,
                            }
                        },
                    },
                },
                {"type": "IDENTIFY", "key": "", "jsonSchema": {}},
            ]
        }
    }
}


def get(client: httpx.Client, path: str, **query: Any) -> Any:
    answer = client.get(path, params={"fresh": "true", **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_arrives_is_learnt_and_shown_beside_what_is_planned(world: ApiWorld, workspace: str) -> None:
    for number in range(4):
        properties = {"price": number + 0.5, "phone": "13812348000"} | ({"size": "L"} if number else {})
        world.send(workspace, track("Sold", "u1", properties=properties))
    with world.client(workspace=workspace) as owner:
        document = {"events": {"Sold": {"properties": {"price": {"type": "number"}}}, "Refunded": {}}}
        owner.put("/policies/plan", json={"document": document}).raise_for_status()
        plan = get(owner, "/plan")
        other = get(owner, "/plan", event="Refunded")
    [event] = plan["events"]
    price, phone, size = (
        next(one for one in event["properties"] if one["name"] == name) for name in ("price", "phone", "size")
    )
    assert (plan["version"], plan["never_seen"], other["events"]) == (1, ["Refunded"], [])
    assert (event["event"], event["source"], event["events"]) == ("Sold", world.source(workspace).id, 4)
    assert (price["share"], price["types"], price["planned"]["type"]) == (1.0, {"number": 4}, "number")
    assert (size["share"], size["examples"], size["planned"]) == (0.75, ['"L"'], None)
    assert phone["examples"] == ['"138****8000"']


def test_an_enforced_plan_sets_aside_and_a_repair_brings_back(world: ApiWorld, workspace: str) -> None:
    document = {"events": {"Sold": {"mode": "enforce", "properties": {"price": {"type": "number", "required": True}}}}}
    with world.client(workspace=workspace) as owner:
        owner.put("/policies/plan", json={"document": document}).raise_for_status()
        world.send(workspace, track("Sold", "u1", message_id="bad", properties={"price": "19.90"}))
        world.send(workspace, track("Sold", "u1", message_id="good", properties={"price": 19.9}))
        [waiting] = get(owner, "/quarantine")["quarantined"]
        steps = [{"do": "convert", "field": "properties.price", "to": "number"}]
        outcome = owner.post("/quarantine/repairs", json={"reason": "against_plan", "steps": steps}).json()["outcome"]
        stored = get(owner, "/events", limit=10)["events"]
    assert (waiting["reason"], waiting["detail"]) == ("against_plan", "price is of the type text")
    assert (outcome["tried"], outcome["passed"]) == (1, 1)
    assert sorted(event["event_id"] for event in stored) == ["bad", "good"]


def test_a_segment_plan_is_taken_over_and_exported_in_every_format(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner:
        owner.put("/policies/plan", json={"document": {"events": {"Sold": {"mode": "warn"}, "Kept": {}}}})
        imported = owner.post("/plan/import", json=SEGMENT_PLAN).json()
        document = get(owner, "/plan/export", format="json")
        schema = get(owner, "/plan/export", format="json_schema")
        yaml = owner.get("/plan/export").text
        again = owner.post("/plan/import", json=document).json()
        refused = owner.post("/plan/import", json={"rules": []})
    assert imported == {"version": 2, "events": 1, "new": 0}
    sold = document["events"]["Sold"]
    assert (sold["mode"], sold["others"], sold["description"]) == ("warn", "against", "Somebody paid.")
    assert sold["properties"]["price"] == {
        "type": "number", "required": True, "enum": None, "pattern": None, "description": "In yuan.",
    }  # fmt: skip
    assert schema["allOf"][0]["then"]["properties"]["properties"] == {
        "type": "object",
        "description": "Somebody paid.",
        "properties": {
            "price": {"description": "In yuan.", "type": "number"},
            "size": {"type": ["string", "null"], "enum": ["S", "L", None]},
        },
        "required": ["price"],
        "additionalProperties": False,
    }
    assert '\n  "Sold":\n    "mode": "warn"\n' in yaml
    assert (again["events"], again["new"]) == (2, 0)
    assert refused.status_code == 422


def test_what_was_learnt_is_exported_as_a_plan_that_can_be_decided(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, track("Sold", "u1", properties={"price": 1, "size": "L"}))
    world.send(workspace, track("Sold", "u1", properties={"price": 1.5}))
    with world.client(workspace=workspace) as owner:
        learned = get(owner, "/plan/export", format="json", learned="true")
        written = owner.put("/policies/plan", json={"document": learned})
    kinds = {name: (one["type"], one["required"]) for name, one in learned["events"]["Sold"]["properties"].items()}
    assert kinds == {"price": ("number", True), "size": ("text", False)}
    assert written.status_code == 200


def test_changes_of_a_source_are_told_with_an_example(world: ApiWorld, workspace: str) -> None:
    for number in range(6):
        batch = [track("Sold", "u1", properties={"price": number + n / 10}) for n in range(10)]
        world.send(workspace, *batch)
        world.house.engine.wait_fresh(30)
    world.send(workspace, *(track("Sold", "u1", properties={"price": "free"}) for _ in range(10)))
    with world.client(workspace=workspace) as owner:
        changes = get(owner, "/plan/changes")["changes"]
        health = owner.get("/health").json()
    other = world.workspace()
    with world.client(workspace=other) as stranger:
        assert get(stranger, "/plan/changes") == {"changes": []}
    assert [(one["kind"], one["property"], one["example"]) for one in changes] == [("type_changed", "price", '"free"')]
    assert any("price of Sold: type changed: number before, text now" in alarm for alarm in health["alarms"])


def test_alarms_are_told_to_those_who_have_a_right_in_their_workspace(world: ApiWorld, workspace: str) -> None:
    for _ in range(6):
        world.send(workspace, *(track("Poured", "u1", properties={"litres": number / 10}) for number in range(10)))
        world.house.engine.wait_fresh(30)
    world.send(workspace, *(track("Poured", "u1", properties={"litres": "much"}) for _ in range(10)))
    world.house.engine.wait_fresh(30)
    told = {}
    for right in (None, workspace, world.workspace()):
        with world.client(world.token("analyst", right)) as analyst:
            health = analyst.get("/health").json()
        assert len(health["alarms"]) == len(health["alarm_facts"])
        told[right] = any("Poured" in said for said in health["alarms"])
    assert list(told.values()) == [True, True, False]
