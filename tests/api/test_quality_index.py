"""The quality index over the API: what arrived, under which dimension it was wrong, and why."""

from __future__ import annotations

from typing import Any

from api_world import ApiWorld, track

from zuji.clean.quality import DIMENSIONS, WEIGHTS


def quality(world: ApiWorld, workspace: str, **asked: str) -> dict[str, Any]:
    with world.client(workspace=workspace) as owner:
        answer = owner.get("/quality", params={"fresh": "true", **asked})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_the_index_tells_what_is_wrong_under_which_dimension_and_why(world: ApiWorld, workspace: str) -> None:
    good = [track("Bag Packed", f"quality-u{number}", properties={"price": 3}) for number in range(8)]
    bad = track("Bag Packed", "quality-u9", properties={"price": -1, "age": 300})
    world.send(workspace, *good, bad, track("Bag Packed"), good[0])
    told = quality(world, workspace)
    scores = {name: (one["checked"], one["wrong"], one["score"]) for name, one in told["dimensions"].items()}
    # None of these events says when it happened: that is one field of three, and nothing is known of their being late.
    assert scores == {
        "completeness": (30, 10, 66.67),
        "accuracy": (9, 1, 88.89),
        "validity": (9, 0, 100.0),
        "timeliness": (0, 0, None),
        "consistency": (9, 0, 100.0),
        "uniqueness": (10, 1, 90.0),
    }
    by_weight = sum(WEIGHTS[name] * score for name, (_, _, score) in scores.items() if score is not None)
    assert abs(told["index"] - by_weight / 0.9) < 0.01
    [of_source], [of_day] = told["sources"], told["days"]
    assert of_source["dimensions"] == of_day["dimensions"] == told["dimensions"]
    causes = {(one["dimension"], one["cause"], one["property"]): one for one in told["causes"]}
    assert {key: one["found"] for key, one in causes.items()} == {
        ("completeness", "no_time", ""): 9,
        ("completeness", "no_identifier", ""): 1,
        ("accuracy", "negative", "price"): 1,
        ("accuracy", "impossible", "age"): 1,
        ("uniqueness", "duplicate", ""): 1,
    }
    assert causes["accuracy", "negative", "price"]["example"] == bad.message_id
    assert causes["accuracy", "negative", "price"]["event"] == "Bag Packed"
    assert causes["uniqueness", "duplicate", ""]["example"] == good[0].message_id
    assert told["causes"][0]["cause"] == "no_time"


def test_days_and_sources_that_were_not_asked_for_are_left_out(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, track("Bag Packed", "quality-u1"))
    nothing = {name: {"checked": 0, "wrong": 0, "score": None} for name in DIMENSIONS}
    for asked in ({"to": "2001-01-01"}, {"source": "no-such-source"}):
        told = quality(world, workspace, **asked)
        assert (told["index"], told["dimensions"], told["days"], told["causes"]) == (None, nothing, [], [])
    assert quality(world, workspace)["index"] is not None
    assert quality(world, world.workspace())["index"] is None


def test_a_constraint_that_is_broken_counts_against_accuracy_with_an_example(world: ApiWorld, workspace: str) -> None:
    stated = {"total is lines": {"kind": "sum_of_lines", "events": ["Order Completed"]}}
    with world.client(workspace=workspace) as owner:
        assert owner.put("/policies/quality", json={"document": {"constraints": stated}}).status_code == 200
        refused = owner.put("/policies/quality", json={"document": {"constraints": {"x": {"kind": "no such"}}}})
    assert (refused.status_code, "no such" in refused.text) == (422, True)
    lines = [{"price": 5, "quantity": 2}]
    good, bad = (
        track(
            "Order Completed", "constraint-u1", properties={"order_id": f"c-{total}", "total": total, "products": lines}
        )
        for total in (10, 11)
    )
    world.send(workspace, good, bad)
    told = quality(world, workspace)
    [cause] = [one for one in told["causes"] if one["dimension"] == "accuracy"]
    assert (cause["cause"], cause["event"], cause["found"]) == ("constraint:total is lines", "Order Completed", 1)
    assert cause["example"] == bad.message_id
    assert told["dimensions"]["accuracy"] == {"checked": 2, "wrong": 1, "score": 50.0}


def test_weights_are_decided_for_the_workspace_a_source_and_an_event(world: ApiWorld, workspace: str) -> None:
    good, bad = (track(f"Bag {price}", "weight-u1", properties={"price": price}) for price in (3, -1))
    world.send(workspace, good, bad)
    [source] = [one["source"] for one in quality(world, workspace)["sources"]]
    only = dict.fromkeys(WEIGHTS, 0) | {"accuracy": 1}
    document = {"weights": only, "sources": {source: {"validity": 1}}, "events": {"Bag -1": {"validity": 3}}}
    with world.client(workspace=workspace) as owner:
        assert owner.put("/policies/quality", json={"document": document}).status_code == 200
    told = quality(world, workspace)
    assert told["weights"] == only
    assert (told["index"], told["sources"][0]["index"], told["days"][0]["index"]) == (50.0, 75.0, 75.0)
    assert {one["event"]: one["index"] for one in told["events"]} == {"Bag 3": 100.0, "Bag -1": 75.0}
