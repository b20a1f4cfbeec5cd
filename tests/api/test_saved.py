"""Saved questions and dashboards over HTTP: who sees them, who changes them, and that they are asked anew."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from api_world import ApiWorld, track

LIFE = {"kind": "lifecycle", "question": {"event": "view", "date_from": "-1d"}}
MISSING = "0" * 32


@pytest.fixture
def filled(world: ApiWorld, workspace: str) -> str:
    """Two people who viewed today."""
    world.send(workspace, track("view", "u-1"), track("view", "u-2"))
    return workspace


def save(client: httpx.Client, **changes: Any) -> dict[str, Any]:
    answer = client.post("/questions/saved", json={"name": "New people", **LIFE, **changes})
    assert answer.status_code == 201, answer.text
    saved: dict[str, Any] = answer.json()
    return saved


def board(client: httpx.Client, tiles: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    answer = client.post("/dashboards", json={"name": "Wall", "tiles": tiles, **changes})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_saved_question_comes_back_as_it_was_written_and_is_asked_anew(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        saved = save(client, description="since yesterday")
        assert saved["question"] == LIFE["question"]
        assert client.get(f"/questions/saved/{saved['id']}").json() == saved
        assert client.get("/questions/saved").json() == {"questions": [saved]}
        run = f"/questions/saved/{saved['id']}/run"
        answer = client.post(run, params={"fresh": "true"}).json()
        assert (answer["kind"], answer["answer"]["new"]) == ("lifecycle", [0, 2])
        world.send(filled, track("view", "u-3"))
        again = client.post(run, json={"ticket": "mine"}, params={"fresh": "true"}).json()
        assert again["answer"]["new"] == [0, 3]


def test_a_change_keeps_what_it_does_not_name(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as client:
        saved = save(client, description="kept")
        path = f"/questions/saved/{saved['id']}"
        after = client.patch(path, json={"name": "Renamed", "question": {"event": "cart"}}).json()
        assert (after["name"], after["description"], after["question"]) == ("Renamed", "kept", {"event": "cart"})
        assert client.get(path).json() == after
        assert client.delete(path).status_code == 204
        assert client.get(path).status_code == 404


def test_what_is_no_question_cannot_be_saved_nor_made_of_one(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as client:
        wrong = client.post("/questions/saved", json={"name": "x", "kind": "lifecycle", "question": {"evnt": "x"}})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "bad_question")
        assert "unknown field `evnt`" in wrong.json()["message"]
        saved = save(client)
        changed = client.patch(f"/questions/saved/{saved['id']}", json={"kind": "funnel"})
        assert changed.status_code == 422
        assert client.get(f"/questions/saved/{saved['id']}").json() == saved


def test_a_private_question_exists_for_its_maker_and_for_owners_alone(world: ApiWorld, workspace: str) -> None:
    with (
        world.client(world.token("analyst"), workspace=workspace) as maker,
        world.client(world.token("analyst"), workspace=workspace) as colleague,
        world.client(workspace=workspace) as owner,
    ):
        saved = save(maker)
        path = f"/questions/saved/{saved['id']}"
        assert [client.get(path).status_code for client in (maker, colleague, owner)] == [200, 404, 200]
        assert colleague.get("/questions/saved").json() == {"questions": []}
        assert colleague.post(f"{path}/run").status_code == 404
        assert colleague.patch(path, json={"name": "mine"}).status_code == 404
        assert colleague.delete(path).status_code == 404
        assert owner.patch(path, json={"name": "seen by the owner"}).status_code == 200


def test_a_shared_question_is_run_by_all_who_ask_and_changed_by_its_maker_and_owners(
    world: ApiWorld, workspace: str
) -> None:
    with (
        world.client(world.token("marketer"), workspace=workspace) as maker,
        world.client(world.token("marketer"), workspace=workspace) as colleague,
        world.client(world.token("viewer"), workspace=workspace) as viewer,
    ):
        path = f"/questions/saved/{save(maker, shared='workspace')['id']}"
        assert viewer.post(f"{path}/run").status_code == 200
        assert colleague.get(path).status_code == 200
        refused = colleague.patch(path, json={"name": "mine"})
        assert (refused.status_code, "somebody else's" in refused.json()["message"]) == (403, True)
        assert viewer.delete(path).status_code == 403
        assert maker.delete(path).status_code == 204


@pytest.mark.parametrize("role", ["viewer", "service", "privacy_officer"])
def test_saving_needs_a_role_that_may(world: ApiWorld, workspace: str, role: Any) -> None:
    with world.client(world.token(role), workspace=workspace) as client:
        assert client.post("/questions/saved", json={"name": "x", **LIFE}).status_code == 403
        assert client.post("/dashboards", json={"name": "x", "tiles": []}).status_code == 403
        assert client.get("/questions/saved").status_code == 200


def test_nothing_saved_is_found_from_another_workspace(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as here, world.client(workspace=world.workspace()) as there:
        question, dashboard = save(here, shared="workspace"), board(here, [LIFE_TILE], shared="workspace")
        for path in (f"/questions/saved/{question['id']}", f"/dashboards/{dashboard['id']}"):
            assert there.get(path).status_code == 404
            assert there.delete(path).status_code == 404
            assert here.get(path).status_code == 200
        assert there.post("/dashboards", json={"name": "x", "tiles": [{"question": question["id"]}]}).status_code == 404


LIFE_TILE = {"question": LIFE, "title": "inline", "x": 6, "width": 6}


def test_every_tile_of_a_dashboard_is_answered_and_one_that_fails_says_why(world: ApiWorld, filled: str) -> None:
    hidden = {"kind": "lifecycle", "question": {"event": "view", "timezone": "Mars/Olympus"}}
    with world.client(workspace=filled) as client:
        saved = save(client)
        tiles = [{"question": saved["id"], "title": "saved", "chart": "bar"}, {"question": hidden, "y": 4}, LIFE_TILE]
        made = board(client, tiles)
        assert made["tiles"][0] == {
            "question": saved["id"], "title": "saved", "x": 0, "y": 0, "width": 6, "height": 4, "chart": "bar",
        }  # fmt: skip
        answers = client.post(f"/dashboards/{made['id']}/run", params={"fresh": "true"}).json()["tiles"]
    assert [(one["tile"], one["title"]) for one in answers] == [(0, "saved"), (1, ""), (2, "inline")]
    assert [one["answer"] and one["answer"]["answer"]["new"] for one in answers] == [[0, 2], None, [0, 2]]
    assert (answers[1]["code"], "Mars/Olympus" in answers[1]["problem"]) == ("bad_question", True)
    assert answers[0]["problem"] is None


def test_a_tile_with_a_question_one_may_not_see_tells_nothing_of_it(world: ApiWorld, filled: str) -> None:
    with (
        world.client(world.token("analyst"), workspace=filled) as maker,
        world.client(world.token("viewer"), workspace=filled) as viewer,
    ):
        made = board(maker, [{"question": save(maker)["id"]}, LIFE_TILE], shared="workspace")
        answers = viewer.post(f"/dashboards/{made['id']}/run", params={"fresh": "true"}).json()["tiles"]
    assert [one["code"] for one in answers] == ["not_found", None]
    assert answers[0]["answer"] is None
    assert answers[1]["answer"]["answer"]["new"] == [0, 2]


@pytest.mark.parametrize(
    ("tile", "said"),
    [
        ({"question": LIFE, "x": 8, "width": 6}, "beyond the 12 columns"),
        ({"question": LIFE, "chart": "radar"}, "Invalid enum value 'radar'"),
        ({"question": LIFE, "colour": "red"}, "unknown field `colour`"),
        ({"question": {"kind": "lifecycle", "question": {"evnt": 1}}}, "unknown field `evnt`"),
        ({"title": "nothing"}, "missing required field `question`"),
    ],
)
def test_a_tile_that_makes_no_sense_is_refused(
    world: ApiWorld, workspace: str, tile: dict[str, Any], said: str
) -> None:
    with world.client(workspace=workspace) as client:
        answer = client.post("/dashboards", json={"name": "x", "tiles": [tile]})
        assert (answer.status_code, said in answer.json()["message"]) == (422, True), answer.text
        assert client.post("/dashboards", json={"name": "x", "tiles": [{"question": MISSING}]}).status_code == 404


def test_a_dashboard_is_changed_whole_or_in_parts_and_forgotten(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as client:
        made = board(client, [LIFE_TILE])
        path = f"/dashboards/{made['id']}"
        assert client.patch(path, json={"name": "Hall"}).json()["tiles"] == made["tiles"]
        assert client.patch(path, json={"tiles": []}).json()["tiles"] == []
        [listed] = client.get("/dashboards").json()["dashboards"]
        assert (listed["id"], listed["name"]) == (made["id"], "Hall")
        assert client.delete(path).status_code == 204
        assert client.get(path).status_code == 404


def test_annotations_stand_in_order_of_their_moments_and_only_their_authors_and_owners_remove_them(
    world: ApiWorld, workspace: str
) -> None:
    with (
        world.client(world.token("analyst"), workspace=workspace) as maker,
        world.client(world.token("marketer"), workspace=workspace) as colleague,
        world.client(world.token("marketer"), workspace=workspace) as other,
        world.client(world.token("viewer"), workspace=workspace) as viewer,
    ):
        path = f"/dashboards/{board(maker, [], shared='workspace')['id']}"
        late = colleague.post(f"{path}/annotations", json={"at": "2026-11-11T00:00:00+08:00", "text": "双十一"}).json()
        early = maker.post(f"{path}/annotations", json={"at": "2026-11-01", "text": "new prices"}).json()
        assert late["at"] == "2026-11-10T16:00:00.000Z"
        assert viewer.get(path).json()["annotations"] == [early, late]
        assert viewer.post(f"{path}/annotations", json={"at": "2026-11-01", "text": "x"}).status_code == 403
        assert colleague.post(f"{path}/annotations", json={"at": "soon", "text": "x"}).status_code == 422
        assert other.delete(f"{path}/annotations/{late['id']}").status_code == 403
        assert colleague.delete(f"{path}/annotations/{early['id']}").status_code == 403
        assert maker.delete(f"{path}/annotations/{late['id']}").status_code == 204
        assert maker.delete(f"{path}/annotations/{late['id']}").status_code == 404
        assert viewer.get(path).json()["annotations"] == [early]
