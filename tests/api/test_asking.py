"""Questions about behaviour over HTTP: the envelope, the people behind a figure, background jobs, who may."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from api_world import ApiWorld, identify, track

from zuji.api.app import PREFIX
from zuji.client import Client

PHONE = "13812348000"
LIFE = {"event": "view", "date_from": "-1d"}


@pytest.fixture
def filled(world: ApiWorld, workspace: str) -> str:
    """Two people who viewed today, one of them known by phone, on two devices."""
    world.send(
        workspace,
        identify("u-1", anonymous="a-1", traits={"phone": PHONE}),
        track("view", anonymous="a-1"),
        track("view", "u-1", anonymous="a-2"),
        track("view", anonymous="a-3"),
    )
    return workspace


def ask(client: httpx.Client, question: dict[str, Any], path: str = "run", **body: Any) -> httpx.Response:
    body = {"kind": "lifecycle", "question": question, **body}
    return client.post(f"/questions/{path}", json=body, params={"fresh": "true"})


def test_an_answer_says_how_it_was_understood_and_what_it_is_made_of(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        answer = ask(client, LIFE).json()
    assert answer["answer"]["new"] == [0, 2]
    assert (answer["kind"], answer["exactness"]) == ("lifecycle", "exact")
    assert answer["question"]["timezone"] == "Asia/Shanghai"
    assert answer["question"]["date_from"] == answer["answer"]["periods"][0]["start"]
    assert "Robots are left out." in answer["notes"]
    assert answer["rows_read"] >= 4
    assert answer["freshness"].endswith("Z")
    assert "zuji.events" in answer["sql"][0]["sql"]


def test_a_resolved_question_asked_again_gives_the_same_answer(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        first = ask(client, LIFE).json()
        again = ask(client, first["question"]).json()
    assert (again["answer"], again["question"]) == (first["answer"], first["question"])


def test_an_answer_that_is_given_again_shows_the_sql_that_it_was_made_by(world: ApiWorld, filled: str) -> None:
    past = {"event": "view", "date_from": "2026-01-01", "date_to": "2026-01-03"}
    with world.client(workspace=filled) as client:
        first, again = (ask(client, past).json() for _ in range(2))
        other = ask(client, {**past, "event": "cart"}).json()
    assert "Answered before" in again["notes"][-1]
    assert again["rows_read"] == 0
    assert again["sql"] == first["sql"] != []
    assert other["sql"] != first["sql"]


def test_the_people_of_a_figure_are_as_many_as_it_says_in_pages(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        reference = ask(client, LIFE).json()["people"]
        cell = {"status": "new", "period": 1}
        first = client.post("/questions/people", json={**reference, "cell": cell, "limit": 1}).json()
        body = {**reference, "cell": cell, "limit": 1, "cursor": first["next"]}
        second = client.post("/questions/people", json=body).json()
    assert (first["count"], second["count"], second["next"]) == (2, 2, None)
    assert first["moved_on"] is False
    held = [one["value"] for page in (first, second) for person in page["people"] for one in person["identifiers"]]
    assert sorted(held) == ["+86" + PHONE, "a-1", "a-2", "a-3", "u-1"]


def test_people_are_masked_for_roles_that_may_not_read_personal_values(world: ApiWorld, filled: str) -> None:
    with world.client(world.token("analyst"), workspace=filled) as client:
        page = ask(client, LIFE, "people", cell={"status": "new", "period": 1}).json()
    shown = [one["value"] for person in page["people"] for one in person["identifiers"] if one["type"] == "phone"]
    assert shown == ["+86138****8000"]


def test_people_have_their_names_for_roles_that_may_read_personal_values(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, identify("u-1", traits={"name": "Ada"}), track("view", "u-1"), track("view", "u-2"))
    names = {}
    for role in ("owner", "analyst"):
        with world.client(world.token(role), workspace=workspace) as client:
            page = ask(client, LIFE, "people", cell={"status": "new", "period": 1}).json()
        names[role] = sorted(str(person["name"]) for person in page["people"])
    assert names == {"owner": ["Ada", "None"], "analyst": ["None", "None"]}


def test_people_say_when_the_world_has_moved_on(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        reference = ask(client, LIFE).json()["people"]
        world.send(filled, identify("u-9", anonymous="a-3"))
        body = {**reference, "cell": {"status": "new", "period": 1}}
        page = client.post("/questions/people", json=body, params={"fresh": "true"}).json()
    assert page["moved_on"] is True


def test_a_question_that_makes_no_sense_is_422_and_says_what_would(world: ApiWorld, workspace: str) -> None:
    wrong = {
        "unknown field `evnt`": {"evnt": "view"},
        "is no time zone": {"timezone": "Mars/Olympus"},
        "is no date": {"date_from": "last tuesday"},
        "There are: equals": {"where": [{"property": "a", "op": "is"}]},
    }
    with world.client(workspace=workspace) as client:
        for message, question in wrong.items():
            answer = ask(client, question)
            assert (answer.status_code, answer.json()["code"]) == (422, "bad_question"), answer.text
            assert message in answer.json()["message"]
        unknown = client.post("/questions/run", json={"kind": "funel", "question": {}})
    assert "There are:" in unknown.json()["message"]


def test_a_question_in_the_background_is_done_after_a_while_and_belongs_to_its_token(
    world: ApiWorld, filled: str
) -> None:
    with world.client(workspace=filled) as client, world.client(world.token("analyst"), workspace=filled) as other:
        ask(client, LIFE)  # so that everything sent is there
        job = client.post("/questions/jobs", json={"kind": "lifecycle", "question": LIFE}).json()
        deadline = time.monotonic() + 30
        while job["state"] in ("waiting", "running"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
            job = client.get(f"/questions/jobs/{job['id']}").json()
        assert (job["state"], job["answer"]["answer"]["new"]) == ("done", [0, 2])
        assert other.get(f"/questions/jobs/{job['id']}").status_code == 404


def test_a_question_in_the_background_that_makes_no_sense_fails_with_the_reason(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        job = client.post("/questions/jobs", json={"kind": "lifecycle", "question": {"evnt": "x"}}).json()
        deadline = time.monotonic() + 30
        while job["state"] in ("waiting", "running"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
            job = client.get(f"/questions/jobs/{job['id']}").json()
    assert job["state"] == "failed"
    assert "unknown field `evnt`" in job["problem"]


def test_another_workspace_is_never_asked(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=world.workspace()) as client:
        assert ask(client, LIFE).json()["answer"]["new"] == [0, 0]


def test_the_schema_of_every_kind_is_told(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as client:
        kinds = client.get("/questions/kinds").json()["kinds"]
    assert "event" in kinds["lifecycle"]["$defs"]["Lifecycle"]["properties"]


def test_the_python_client_asks_the_same_questions_and_gives_frames(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        ask(client, LIFE)
    with Client(world.url, world.owner, workspace=filled) as zuji:
        answer = zuji.ask("lifecycle", LIFE, interval="day")
        assert answer.arrow()["new"].to_pylist() == [0, 2]
        assert answer.polars()["dormant"].sum() == 0
        assert zuji.count_people(answer, status="new", period=1) == 2
        assert len(list(zuji.people(answer, status="new", period=1))) == 2
        assert zuji.ask_patiently("lifecycle", LIFE).answer == answer.answer
        rows = zuji.sql("SELECT event, count() AS n FROM events GROUP BY event ORDER BY event")
        assert rows.to_pydict() == {"event": ["identify", "view"], "n": [1, 3]}
        with pytest.raises(ValueError, match="unknown field `evnt`"):
            zuji.ask("lifecycle", evnt="view")


def test_asking_needs_a_role_that_may(world: ApiWorld, workspace: str) -> None:
    with world.client(world.token("viewer"), workspace=workspace) as client:
        assert ask(client, LIFE).status_code == 200
        assert ask(client, LIFE, "people", cell={"status": "new", "period": 0}).status_code == 403
    assert httpx.post(f"{world.url}{PREFIX}/questions/run", json={}, trust_env=False, timeout=60).status_code == 401
