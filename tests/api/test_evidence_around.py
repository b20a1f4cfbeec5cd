"""All evidence around a person: what makes their identifiers one, what moved on to somebody else, what was refused."""

from __future__ import annotations

from typing import Any

from api_world import ApiWorld, identify, track


def evidence(world: ApiWorld, workspace: str, of: str, **as_whom: Any) -> dict[str, Any]:
    with world.client(workspace=workspace, **as_whom) as client:
        found = client.get("/identity/evidence", params={"of": of, "fresh": "true"})
    assert found.status_code == 200, found.text
    told: dict[str, Any] = found.json()
    return told


def lines(found: dict[str, Any]) -> list[tuple[str, str, str, int, str]]:
    """Each link as its ends, what said so, how often, and how it stands."""
    return sorted(
        (*sorted((one["a"]["value"], one["b"]["value"])), one["rule"], one["times"], one["standing"])
        for one in found["links"]
    )


def test_what_was_said_twice_is_one_link_that_holds(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, identify("u1", anonymous="a1"), identify("u1", anonymous="a1"))
    found = evidence(world, workspace, "user_id:u1")
    assert lines(found) == [("a1", "u1", "identify", 2, "holds")]
    [link] = found["links"]
    assert (link["key"], found["more"]) == ("secret", 0)
    assert link["first_at"] <= link["last_at"]
    assert {(one["value"], one["person"]) for one in found["identifiers"]} == {
        ("u1", found["person"]), ("a1", found["person"]),
    }  # fmt: skip


def test_a_device_that_moved_on_leaves_a_link_that_is_past(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, identify("u1", anonymous="shared"))
    before = evidence(world, workspace, "user_id:u1")
    assert lines(before) == [("shared", "u1", "identify", 1, "holds")]
    world.send(workspace, identify("u2", anonymous="shared"))
    after = evidence(world, workspace, "user_id:u1")
    assert lines(after) == [("shared", "u1", "identify", 1, "past"), ("shared", "u2", "identify", 1, "elsewhere")]
    owners = {one["value"]: one["person"] for one in after["identifiers"]}
    assert owners["u1"] == after["person"]
    assert owners["shared"] == owners["u2"] != after["person"]


def test_evidence_that_a_split_keeps_apart_is_refused(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, identify("u1", anonymous="a1"))
    evidence(world, workspace, "user_id:u1")
    leaving = [{"type": "anonymous_id", "value": "a1"}]
    with world.client(workspace=workspace) as client:
        body = {"profile": {"type": "user_id", "value": "u1"}, "leaving": leaving}
        assert client.post("/identity/split", json=body).status_code == 200
    found = evidence(world, workspace, "user_id:u1")
    assert lines(found) == [("a1", "u1", "identify", 1, "refused")]
    assert len({one["person"] for one in found["identifiers"]}) == 2


def test_somebody_alone_has_no_links_and_nobody_is_404(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, track("E", "alone"))
    found = evidence(world, workspace, "user_id:alone")
    assert (found["links"], [one["value"] for one in found["identifiers"]]) == ([], ["alone"])
    same = evidence(world, workspace, f"profile:{found['person']}")
    assert same == found
    with world.client(workspace=workspace) as client:
        assert client.get("/identity/evidence", params={"of": "user_id:no"}).status_code == 404
    with world.client(workspace=world.workspace()) as other:
        assert other.get("/identity/evidence", params={"of": "user_id:alone"}).status_code == 404


def test_who_may_not_see_personal_values_sees_them_masked_here_too(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, identify("u1", anonymous="a1", traits={"phone": "13812348000"}))
    whole = evidence(world, workspace, "user_id:u1")
    assert "+8613812348000" in {one["value"] for one in whole["identifiers"]}
    masked = evidence(world, workspace, "user_id:u1", token=world.token("analyst", workspace))
    assert "13812348000" not in str(masked)
    assert len(masked["links"]) == len(whole["links"]) > 0
