"""Collection points over the API: declared as a policy, told as live, silent or missing, with coverage."""

from __future__ import annotations

from typing import Any

import msgspec
from api_world import ApiWorld, track

REGISTER: dict[str, Any] = {
    "parcel page": {"kind": "page", "channel": "web", "path": "/parcel/*"},
    "old page": {"kind": "page", "channel": "web", "path": "/old/**", "silent_after": {"amount": 1, "unit": "hour"}},
    "never": {"kind": "element", "channel": "web", "element": "#never"},
    "till": {"kind": "till", "channel": "pos", "properties": {"till": 7}},
}


def on_page(path: str) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode({"page": {"path": path}}))


def test_the_register_tells_what_is_live_silent_and_missing_and_names_the_blind_spots(
    world: ApiWorld, workspace: str
) -> None:
    with world.client(workspace=workspace) as owner:
        empty = owner.get("/points", params={"fresh": "true"}).json()
        assert owner.put("/policies/points", json={"document": {"points": REGISTER}, "over": 0}).status_code == 200
        world.send(
            workspace,
            track("Looked", "points-u1", context=on_page("/parcel/1")),
            track("Looked", "points-u1", context=on_page("/parcel/2/")),
            track("Looked", "points-u2", context=on_page("/old/a/b"), timestamp=1_780_000_000_000),
        )
        told = owner.get("/points", params={"fresh": "true"}).json()
        of_web = owner.get("/points", params={"fresh": "true", "channel": "web", "status": "silent"}).json()
        refused = owner.put(
            "/policies/points", json={"document": {"points": {"x": {"kind": "page", "channel": "web"}}}}
        )
    nothing = {"declared": 0, "live": 0, "silent": 0, "missing": 0, "coverage": None}
    assert empty == {"version": 0, "overall": nothing, "channels": {}, "blind_spots": [], "points": [], "loss": []}
    assert told["version"] == 1
    assert told["overall"] == {"declared": 4, "live": 1, "silent": 1, "missing": 2, "coverage": 0.25}
    assert told["channels"] == {
        "pos": {"declared": 1, "live": 0, "silent": 0, "missing": 1, "coverage": 0.0},
        "web": {"declared": 3, "live": 1, "silent": 1, "missing": 1, "coverage": 0.3333},
    }
    assert told["blind_spots"] == ["never", "old page", "till"]
    by_name = {one["name"]: one for one in told["points"]}
    assert {name: (one["status"], one["events"]) for name, one in by_name.items()} == {
        "never": ("missing", 0), "old page": ("silent", 1), "parcel page": ("live", 2), "till": ("missing", 0),
    }  # fmt: skip
    assert by_name["old page"]["silent_since"] == by_name["old page"]["last_seen"] != None  # noqa: E711
    assert [one["events"] for one in by_name["parcel page"]["sources"].values()] == [2]
    assert by_name["parcel page"]["declared"]["silent_after"] == {"amount": 1, "unit": "day"}
    assert ([one["name"] for one in of_web["points"]], of_web["overall"]["declared"]) == (["old page"], 3)
    assert refused.status_code == 422
    assert "recognised by its path" in refused.json()["message"]


def test_the_points_of_a_workspace_are_its_own(world: ApiWorld, workspace: str) -> None:
    neighbour = world.workspace()
    for one in (workspace, neighbour):
        with world.client(workspace=one) as owner:
            assert owner.put("/policies/points", json={"document": {"points": REGISTER}}).status_code == 200
    world.send(workspace, track("Looked", "points-u3", context=on_page("/parcel/3")))
    with world.client(workspace=neighbour) as owner:
        told = owner.get("/points", params={"fresh": "true"}).json()
    assert told["overall"]["missing"] == 4
    with world.client(workspace=workspace) as owner:
        assert owner.get("/points", params={"fresh": "true"}).json()["overall"]["live"] == 1


def test_what_is_captured_and_not_declared_is_offered_until_it_is_declared(world: ApiWorld, workspace: str) -> None:
    looks = [track("Looked", "points-u4", context=on_page(f"/parcel/{number}")) for number in range(3)]
    world.send(workspace, *looks, track("Start", "points-u4", type="screen"), track("Looked", "points-u4"))
    asked = {"fresh": "true", "least": "1"}
    with world.client(workspace=workspace) as owner:
        told = owner.get("/points/candidates", params=asked).json()
        assert owner.get("/points/candidates", params={"fresh": "true"}).json()["candidates"] == []
        points = {one["name"]: one["point"] for one in told["candidates"]}
        assert owner.put("/policies/points", json={"document": {"points": points}, "over": 0}).status_code == 200
        assert owner.get("/points/candidates", params=asked).json() == {"version": 1, "candidates": []}
    assert told["version"] == 0
    assert [(one["events"], one["point"]) for one in told["candidates"]] == [
        (3, {"kind": "page", "channel": "web", "path": "/parcel/*"}),
        (1, {"kind": "screen", "channel": "web", "screen": "Start"}),
    ]


def test_what_was_lost_on_the_way_is_told_by_source_and_day_of_this_workspace_alone(
    world: ApiWorld, workspace: str
) -> None:
    numbers = [msgspec.Raw(msgspec.json.encode({"sequence": {"page": "points-p1", "n": n}})) for n in (1, 2, 4)]
    world.send(workspace, *(track("Looked", "points-u5", context=one) for one in numbers))
    with world.client(workspace=workspace) as owner:
        [told] = owner.get("/points", params={"fresh": "true"}).json()["loss"]
    with world.client(workspace=world.workspace()) as neighbour:
        assert neighbour.get("/points", params={"fresh": "true"}).json()["loss"] == []
    figures = {"pages": 1, "sent": 4, "received": 3, "open": 1, "lost": 0, "share": 0.0}
    [day] = told.pop("days")
    assert {name: told[name] for name in figures} == {name: day[name] for name in figures} == figures


def test_a_candidate_that_is_dismissed_is_not_offered_again(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, track("Looked", "points-u6", context=on_page("/left")))
    world.send(workspace, track("Looked", "points-u6", context=on_page("/right")))
    asked = {"fresh": "true", "least": "1", "limit": "1"}
    with world.client(workspace=workspace) as owner:
        [first] = owner.get("/points/candidates", params=asked).json()["candidates"]
        assert owner.put("/policies/points", json={"document": {"dismissed": [first["name"]]}}).status_code == 200
        [second] = owner.get("/points/candidates", params=asked).json()["candidates"]
        assert owner.get("/points", params={"fresh": "true"}).json()["overall"]["declared"] == 0
    assert {first["name"], second["name"]} == {"web page /left", "web page /right"}
