"""What people wrote stands in answers too, as groups, channels and items: masked for who may not read it."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import ApiWorld, identify, track

from zuji.api.masked_answers import masked_answer

PHONE, MASKED = "+8613812348000", "+86138****8000"
EMAIL, MASKED_EMAIL = "ada.lovelace@example.cn", "a***@example.cn"
BY_PHONE = {
    "series": [{"event": "view", "math": "unique_users"}],
    "breakdown": {"property": "phone", "scope": "profile"},
}


@pytest.fixture
def filled(world: ApiWorld, workspace: str) -> str:
    """Somebody known by phone, name and e-mail, who views and orders."""
    world.send(
        workspace,
        identify("u-1", traits={"phone": PHONE, "name": "Ada Lovelace", "email": EMAIL}),
        track("view", "u-1", properties={"search": EMAIL, "contact": {"name": "Ada Lovelace"}, "name": "Ada Lovelace"}),
        track("order", "u-1", properties={"takings": 13812348000}),
    )
    return workspace


def asked(world: ApiWorld, workspace: str, role: Any, kind: str, **question: Any) -> dict[str, Any]:
    with world.client(world.token(role), workspace=workspace) as client:
        body = {"kind": kind, "question": {"date_from": "-1d", **question}}
        answer = client.post("/questions/run", json=body, params={"fresh": "true"})
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


def groups(envelope: dict[str, Any]) -> list[Any]:
    return [group["value"] for group in envelope["answer"]["by_breakdown"]]


@pytest.mark.parametrize(
    ("role", "shown"),
    [("owner", PHONE), ("service", PHONE), ("analyst", MASKED), ("marketer", MASKED), ("viewer", MASKED)],
)
def test_groups_by_a_trait_are_masked_as_profiles_are(world: ApiWorld, filled: str, role: str, shown: str) -> None:
    assert groups(asked(world, filled, role, "trend", **BY_PHONE)) == [[shown]]


def test_a_name_is_hidden_whole_and_figures_stay(world: ApiWorld, filled: str) -> None:
    by_name = {"property": ["name", "search"]}
    views = asked(world, filled, "analyst", "trend", series=[{"event": "view"}], breakdown=by_name)
    assert groups(views) == [["***", MASKED_EMAIL]]
    takings = [{"event": "order", "math": "sum", "property": "takings"}]
    totals = [one["total"] for one in asked(world, filled, "analyst", "trend", series=takings)["answer"]["series"]]
    assert totals == [13812348000]


def test_neither_channels_nor_items_nor_bound_values_tell_what_is_masked(world: ApiWorld, filled: str) -> None:
    touch = {"event": "view", "channel": "search"}
    told = [
        asked(world, filled, "analyst", "attribution", touch=touch, goal={"event": "order"}),
        asked(world, filled, "analyst", "paths", items=[{"event": "view", "take": "name"}, {"take": "event_name"}]),
        asked(
            world,
            filled,
            "analyst",
            "funnel",
            steps=[{"event": "view"}, {"event": "order"}],
            breakdown={"property": "search"},
        ),
    ]
    assert [one["channel"] for one in told[0]["answer"]["channels"]] == [MASKED_EMAIL]
    assert EMAIL not in str(told)
    assert "Ada" not in str(told)


def test_files_of_answers_are_masked_too(world: ApiWorld, filled: str) -> None:
    files = {}
    for role in ("owner", "analyst"):
        with world.client(world.token(role), workspace=filled) as client:
            body = {"kind": "trend", "question": {"date_from": "-1d", **BY_PHONE}, "format": "json"}
            files[role] = client.post("/exports", json=body, params={"fresh": "true"}).text
    assert [PHONE in files["owner"], PHONE in files["analyst"], MASKED in files["analyst"]] == [True, False, True]


def test_the_people_of_a_masked_group_are_for_who_may_read_its_name(world: ApiWorld, filled: str) -> None:
    cell = {"series": 0, "period": None, "group": [MASKED]}
    body = {"kind": "trend", "question": {"date_from": "-1d", **BY_PHONE}, "cell": cell}
    with world.client(world.token("analyst"), workspace=filled) as client:
        page = client.post("/questions/people", json=body, params={"fresh": "true"})
        kept = client.post("/lists", json={**body, "name": "masked"})
    assert (page.status_code, kept.status_code) == (403, 403)
    assert "personal value" in page.json()["message"]


def test_a_path_or_an_object_that_holds_a_name_is_masked_as_the_name_is(world: ApiWorld, filled: str) -> None:
    shown = {}
    for role in ("owner", "analyst"):
        views = [
            asked(world, filled, role, "trend", series=[{"event": "view"}], breakdown={"property": by})
            for by in ("contact.name", "contact")
        ]
        shown[role] = [groups(one) for one in views]
    assert shown == {
        "owner": [[["Ada Lovelace"]], [['{"name":"Ada Lovelace"}']]],
        "analyst": [[["***"]], [['{"name":"***"}']]],
    }


@pytest.mark.parametrize(
    ("by", "named"),
    [
        ("name", "Ada Lovelace"),
        ("name", "Bob Nobody"),
        ("contact.name", "Ada Lovelace"),
        ("contact", '{"name":"Ada Lovelace"}'),
        ("search", EMAIL),
        ("search", "nobody@example.cn"),
        ("search", "203.0.113.0"),
    ],
)
def test_a_guessed_group_is_refused_whether_or_not_there_is_one(
    world: ApiWorld, filled: str, by: str, named: str
) -> None:
    question = {"series": [{"event": "view"}], "breakdown": {"property": by}, "date_from": "-1d"}
    body = {"kind": "trend", "question": question, "cell": {"series": 0, "period": None, "group": [named]}}
    with world.client(world.token("analyst"), workspace=filled) as client:
        page = client.post("/questions/people", json=body, params={"fresh": "true"})
        kept = client.post("/lists", json={**body, "name": "guessed"})
    assert (page.status_code, kept.status_code) == (403, 403)
    assert page.json()["message"] == kept.json()["message"]


def test_a_group_that_is_nobodys_name_has_its_people_for_every_role(world: ApiWorld, filled: str) -> None:
    question = {"series": [{"event": "view"}], "breakdown": {"property": "$event"}, "date_from": "-1d"}
    by_all = {**question, "breakdown": {"property": "name"}}
    with world.client(world.token("analyst"), workspace=filled) as client:
        for asked_, cell in ((question, {"series": 0, "group": ["view"]}), (by_all, {"series": 0})):
            body = {"kind": "trend", "question": asked_, "cell": {"period": None, **cell}}
            page = client.post("/questions/people", json=body, params={"fresh": "true"})
            assert (page.status_code, page.json().get("count")) == (200, 1), page.text


def test_texts_counted_instead_of_people_are_masked_by_their_name(world: ApiWorld, filled: str) -> None:
    question = {"event": "view", "count_by": {"property": "name"}, "date_from": "-1d"}
    body = {"kind": "lifecycle", "question": question, "cell": {"status": "new", "period": 1}}
    people = {}
    for role in ("owner", "analyst"):
        with world.client(world.token(role), workspace=filled) as client:
            page = client.post("/questions/people", json=body, params={"fresh": "true"}).json()
        people[role] = [one["person"] for one in page["people"]]
    assert people == {"owner": ["Ada Lovelace"], "analyst": ["***"]}


def test_an_answer_says_in_its_own_words_what_it_is_about() -> None:
    question = {"touch": {"event": "view", "channel": "name"}}
    channels = [{"channel": "Ada", "kind": "value", "touches": 3}, {"channel": "other", "kind": "other", "touches": 1}]
    assert masked_answer(question, {"goals": 4, "channels": channels}) == {
        "goals": 4,
        "channels": [
            {"channel": "***", "kind": "value", "touches": 3},
            {"channel": "***", "kind": "other", "touches": 1},
        ],
    }
