"""Static lists over HTTP: the people behind a figure, kept, and read as who they are by now."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from api_world import ApiWorld, identify, track

PHONE = "13812348000"
LIFE = {"kind": "lifecycle", "question": {"event": "view", "date_from": "-1d"}}
NEW = {"status": "new", "period": 1}


@pytest.fixture
def filled(world: ApiWorld, workspace: str) -> str:
    """Three people who viewed today: one known by phone, two by a cookie each."""
    world.send(
        workspace,
        identify("u-1", traits={"phone": PHONE}),
        track("view", "u-1"),
        track("view", anonymous="a-2"),
        track("view", anonymous="a-3"),
    )
    return workspace


def keep(client: httpx.Client, **changes: Any) -> httpx.Response:
    body = {"name": "New ones", **LIFE, "cell": NEW, **changes}
    return client.post("/lists", json=body, params={"fresh": "true"})


def members(client: httpx.Client, list_id: str, **query: Any) -> dict[str, Any]:
    answer = client.get(f"/lists/{list_id}/members", params={"fresh": "true", **query})
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def test_a_list_keeps_the_people_behind_a_figure_though_the_figure_moves_on(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        kept = keep(client).json()
        assert (kept["saved"], kept["kind"], kept["cell"]) == (3, "lifecycle", NEW)
        world.send(filled, track("view", anonymous="a-9"))
        page = members(client, kept["id"])
        assert (page["count"], page["next"]) == (3, None)
        held = sorted(one["value"] for person in page["people"] for one in person["identifiers"])
        assert held == ["+86" + PHONE, "a-2", "a-3", "u-1"]
        assert client.get("/lists").json() == {"lists": [kept]}


def test_a_merge_moves_members_and_nobody_is_on_a_list_twice(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        kept = keep(client).json()
        assert client.get(f"/lists/{kept['id']}").json()["count"] == 3
        world.send(filled, identify("u-1", anonymous="a-2"))
        page = members(client, kept["id"])
        assert page["count"] == len(page["people"]) == 2
        joined = next(person for person in page["people"] if len(person["identifiers"]) > 1)
        assert {one["value"] for one in joined["identifiers"]} == {"u-1", "a-2", "+86" + PHONE}
        told = client.get(f"/lists/{kept['id']}").json()
    assert (told["saved"], told["count"]) == (3, 2)


def test_members_come_in_pages_in_order(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        kept = keep(client).json()
        first = members(client, kept["id"], limit=2)
        second = members(client, kept["id"], limit=2, cursor=first["next"])
    numbers = [person["person"] for page in (first, second) for person in page["people"]]
    assert (len(numbers), numbers) == (3, sorted(set(numbers)))
    assert second["next"] is None


def test_members_are_masked_for_roles_that_may_not_read_personal_values(world: ApiWorld, filled: str) -> None:
    with world.client(world.token("marketer"), workspace=filled) as client:
        kept = keep(client).json()
        shown = [one["value"] for person in members(client, kept["id"])["people"] for one in person["identifiers"]]
    assert "+86138****8000" in shown
    assert "+86" + PHONE not in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"question": {**LIFE["question"], "count_by": "session"}}, "a list holds people"),
        ({"question": {**LIFE["question"], "count_by": {"property": "os"}}}, "a list holds people"),
        ({"cell": {"status": "new", "period": 9}}, "cell:"),
        ({"kind": "funel"}, "There are:"),
    ],
)
def test_a_figure_without_people_makes_no_list(
    world: ApiWorld, filled: str, changes: dict[str, Any], said: str
) -> None:
    with world.client(workspace=filled) as client:
        answer = keep(client, **changes)
        assert (answer.status_code, said in answer.json()["message"]) == (422, True), answer.text
        assert client.get("/lists").json() == {"lists": []}


def test_a_list_with_too_many_people_is_refused(world: ApiWorld, filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zuji.analyse.lists.MOST_MEMBERS", 2)
    with world.client(workspace=filled) as client:
        answer = keep(client)
    assert (answer.status_code, "up to 2 people, and here are 3" in answer.json()["message"]) == (422, True)


def test_lists_are_for_those_who_see_people_and_deleted_by_their_maker_and_owners(world: ApiWorld, filled: str) -> None:
    with (
        world.client(world.token("analyst"), workspace=filled) as maker,
        world.client(world.token("marketer"), workspace=filled) as colleague,
        world.client(world.token("viewer"), workspace=filled) as viewer,
        world.client(workspace=world.workspace()) as elsewhere,
        world.client() as owner,
    ):
        path = f"/lists/{keep(maker).json()['id']}"
        assert keep(viewer).status_code == 403
        assert viewer.get(f"{path}/members").status_code == 403
        assert [elsewhere.get(f"{path}{part}").status_code for part in ("", "/members")] == [404, 404]
        assert colleague.get(path).status_code == 200
        assert colleague.delete(path).status_code == 403
        assert maker.delete(path).status_code == 204
        assert maker.get(path).status_code == 404
        entries = owner.get("/audit", params={"limit": 20}).json()["entries"]
    told = [one["action"] for one in entries if one["subject"] == filled and one["action"].startswith("list.")]
    assert told == ["list.delete", "list.create"]


def segment(client: httpx.Client, key: str, *, published: bool = True, **who: Any) -> None:
    client.post("/segments", json={"key": key, "name": {"en": key, "zh": key}, **who}).raise_for_status()
    if published:
        client.post(f"/segments/{key}/publish").raise_for_status()


def test_a_list_that_says_who_is_in_a_segment_is_not_deleted_until_the_segment_has_ended(
    world: ApiWorld, filled: str
) -> None:
    with world.client(workspace=filled) as client:
        kept = keep(client).json()["id"]
        segment(client, "kept_ones", saved_people=kept)
        segment(client, "kept_draft", published=False, saved_people=kept)
        refused = client.delete(f"/lists/{kept}")
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
        assert "the segment kept_draft, kept_ones. End that first" in refused.json()["message"]
        assert client.get("/segments/kept_ones/count", params={"fresh": "true"}).json()["count"] == 3
        client.delete("/segments/kept_ones").raise_for_status()
        assert "the segment kept_draft. End" in client.delete(f"/lists/{kept}").json()["message"]
        client.delete("/segments/kept_draft").raise_for_status()
        assert client.delete(f"/lists/{kept}").status_code == 204
        assert client.get(f"/lists/{kept}").status_code == 404


def test_a_segment_of_a_list_that_is_gone_holds_nobody_and_no_other_fails_with_it(world: ApiWorld, filled: str) -> None:
    viewed = {"when": {"measure": "count", "event": "view", "op": "gte", "value": 1}}
    with world.client(workspace=filled) as client:
        segment(client, "of_nothing", saved_people="gone")
        segment(client, "viewed", rule=viewed)
        fresh = {"fresh": "true"}
        answers = [
            client.get("/segments/viewed/history", params={"days": 1}),
            client.get("/profiles/user_id:u-1/why", params={"key": "viewed", "kind": "segment", **fresh}),
            client.post("/segments/preview", json={"definition": {"key": "x", "name": {"en": "x", "zh": "x"},
                                                                  "rule": viewed}}, params=fresh),
            client.post("/segments/overlap", json={"segments": ["viewed", "of_nothing"]}),
            client.get("/segments/of_nothing/count", params=fresh),
        ]  # fmt: skip
    assert [one.status_code for one in answers] == [200] * 5, [one.text for one in answers]
    assert answers[0].json()["days"][-1]["count"] == 3
    assert (answers[2].json()["people"], answers[3].json()["in_all"], answers[4].json()["count"]) == (3, 0, 0)
