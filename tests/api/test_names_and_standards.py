"""Names and standards over the API: what is suggested, agreed on, and done to what comes in from then on."""

from __future__ import annotations

from api_world import ApiWorld, track


def test_names_of_one_behaviour_are_suggested_until_somebody_decides_and_then_become_one(
    world: ApiWorld, workspace: str
) -> None:
    document = {"events": [{"name": "Product Viewed", "aliases": ["view_item"]}]}
    with world.client(workspace=workspace) as owner:
        world.send(workspace, track("Product Viewed", "u1"), track("view_item", "u1"), track("Order Packed", "u1"))
        before = owner.get("/names/suggestions", params={"fresh": "true"}).json()["suggestions"]
        assert owner.put("/policies/names", json={"document": document, "over": 0}).status_code == 200
        world.send(workspace, track("view_item", "u2"))
        after = owner.get("/names/suggestions", params={"fresh": "true"}).json()["suggestions"]
        renamed = owner.get("/events", params={"fresh": "true", "event": "Product Viewed"}).json()["events"]
    assert before == [
        {
            "name": "Product Viewed",
            "aliases": ["view_item"],
            "likeness": 0.95,
            "why": "standard name",
            "events": {"Product Viewed": 1, "view_item": 1},
        }
    ]
    assert after == []
    assert sorted(event["flag_reason"] for event in renamed) == ["", "renamed:view_item"]


def test_hashed_fields_are_hashed_alike_and_no_answer_shows_with_what(world: ApiWorld, workspace: str) -> None:
    document = {
        "fields": [{"field": "properties.phone", "as": "phone"}],
        "personal": [{"field": "properties.phone", "treatment": "hash"}],
    }
    with world.client(workspace=workspace) as owner:
        assert owner.put("/policies/standards", json={"document": document}).status_code == 200
        world.send(
            workspace,
            track("Called", "u1", properties={"phone": "139 1234 5678"}),
            track("Called", "u2", properties={"phone": "+86-139-1234-5678"}),
        )
        events = owner.get("/events", params={"fresh": "true"}).json()["events"]
        hidden = owner.get("/policies/hashing secret")
        versions = owner.get("/policies/standards/versions").text
    [digest] = {event["properties"]["phone"] for event in events}
    assert len(digest) == 64
    assert "1391234" not in str(events).replace(" ", "").replace("-", "")
    assert hidden.status_code == 404
    assert "key" not in versions


def test_standards_that_make_no_sense_are_refused_with_the_place(world: ApiWorld, workspace: str) -> None:
    wrong = {"fields": [{"field": "properties.weight", "as": "quantity", "unit": "stone"}]}
    with world.client(workspace=workspace) as owner:
        answer = owner.put("/policies/standards", json={"document": wrong})
    assert answer.status_code == 422
    assert "stone" in answer.json()["message"]
