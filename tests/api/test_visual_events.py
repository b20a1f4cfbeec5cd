"""Visual events over HTTP: drafted, looked at, published, asked for in questions, used in tags, retired."""

from __future__ import annotations

import time
from typing import Any

import httpx
import msgspec
import pytest
from api_world import ApiWorld, track

from zuji.terms.message import Message

NAME = {"en": "Buy now", "zh": "立即购买"}
BUY = {"key": "buy", "name": NAME, "page": {"path": "/product/*"}, "element": "[data-track=buy]"}
BUTTON = {"tag_name": "button", "attr__data-track": "buy", "classes": ["btn"], "nth_of_type": 1}
CARD = {"tag_name": "div", "classes": ["card"], "nth_of_type": 2}
HELP = {"tag_name": "a", "href": "/help", "attr__id": "help", "nth_of_type": 1}
BODY = {"tag_name": "body"}
PATIENCE_S = 30.0


def clicked(user: str, path: str, *chain: dict[str, Any], text: str = "", event: str = "$click") -> Message:
    context = msgspec.Raw(msgspec.json.encode({"page": {"url": f"https://shop.example{path}"}}))
    return track(event, user, properties={"$elements": list(chain), "$el_text": text}, context=context)


@pytest.fixture
def shop(world: ApiWorld, workspace: str) -> str:
    """Ann clicked twice on the icon in the button of a product, Ben once on the button, Cai elsewhere."""
    world.send(
        workspace,
        clicked("ann", "/product/1", {"tag_name": "i"}, BUTTON, CARD, BODY, text="Buy now"),
        clicked("ann", "/product/2", {"tag_name": "i"}, BUTTON, CARD, BODY, text="Buy now"),
        clicked("ben", "/product/1", BUTTON, CARD, BODY, text="Buy", event="$autocapture"),
        clicked("cai", "/product/1", HELP, BODY, text="Help"),
        clicked("cai", "/cart", BUTTON, BODY, text="Buy now"),
        track("Order Completed", "ben"),
    )
    return workspace


def made(client: httpx.Client, document: dict[str, Any]) -> dict[str, Any]:
    """Drafted and published."""
    answer = client.post("/visual-events", json=document)
    assert answer.status_code == 201, answer.text
    answer = client.post(f"/visual-events/{document['key']}/publish")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def asked(client: httpx.Client, kind: str, **question: Any) -> httpx.Response:
    return client.post("/questions/run", params={"fresh": "true"}, json={"kind": kind, "question": question})


def totals(client: httpx.Client, **series: Any) -> tuple[float, str]:
    """How many events the only series of a trend has, and what the resolved question calls it."""
    answer = asked(client, "trend", series=[series])
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return body["answer"]["series"][0]["total"], body["question"]["series"][0]["event"]


def test_a_visual_event_is_a_draft_until_it_is_published_and_every_version_stays(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        draft = client.post("/visual-events", json=BUY).json()
        assert (draft["state"], draft["version"], draft["event"]) == ("draft", None, None)
        refused = asked(client, "trend", series=[{"event": "visual:buy"}])
        assert (refused.status_code, "no visual event 'buy'" in refused.text) == (422, True)
        first = client.post("/visual-events/buy/publish").json()
        assert (first["state"], first["version"], first["event"], first["changed"]) == (
            "published",
            1,
            "visual:buy",
            False,
        )
        assert totals(client, event="visual:buy") == (3, "visual:buy@1")
        changed = client.put("/visual-events/buy", json={**BUY, "text": {"value": "Buy"}}).json()
        assert (changed["changed"], changed["version"]) == (True, 1)
        assert totals(client, event="visual:buy") == (3, "visual:buy@1")
        assert client.post("/visual-events/buy/publish").json()["version"] == 2
        assert totals(client, event="visual:buy") == (1, "visual:buy@2")
        assert totals(client, event="visual:buy@1") == (3, "visual:buy@1")
        assert client.delete("/visual-events/buy").status_code == 204
        retired = client.get("/visual-events/buy").json()
        assert (retired["state"], retired["version"], retired["event"]) == ("retired", None, None)
        gone = asked(client, "trend", series=[{"event": "visual:buy"}])
        assert (gone.status_code, "retired" in gone.text) == (422, True)
        assert totals(client, event="visual:buy@2") == (1, "visual:buy@2")
        assert client.delete("/visual-events/buy").status_code == 409
        versions = client.get("/visual-events/buy/versions").json()["versions"]
        assert [(one["version"], one["document"] is None) for one in versions] == [(3, True), (2, False), (1, False)]


def test_a_draft_that_is_deleted_is_gone(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as client:
        client.post("/visual-events", json=BUY)
        assert [one["key"] for one in client.get("/visual-events").json()["visual_events"]] == ["buy"]
        assert client.delete("/visual-events/buy").status_code == 204
        assert client.get("/visual-events/buy").status_code == 404
        assert client.get("/visual-events").json()["visual_events"] == []


def test_who_sees_personal_values_masked_sees_them_so_on_pages_that_were_clicked(
    world: ApiWorld, workspace: str
) -> None:
    row = {"tag_name": "a", "attr__data-testid": "ada@example.cn", "nth_of_type": 1}
    world.send(workspace, clicked("ann", "/mail/ada@example.cn", row, BODY, text="ada@example.cn 13812348000"))
    told = {}
    for role in ("owner", "marketer"):
        with world.client(world.token(role), workspace=workspace) as client:
            draft = {"definition": {"key": "row", "name": NAME, "element": "a"}}
            kinds = client.post("/visual-events/preview", json=draft, params={"fresh": "true"}).json()["kinds"]
            found = client.post("/visual-events/suggestions", json={}).json()["elements"]
        told[role] = [(one["path"], one["text"], one["clicks"]) for one in kinds]
        told[role] += [(one["text"], one["clicks"], "ada@" in str(one["selectors"])) for one in found]
    masked = "a***@example.cn 138****8000"
    assert told == {
        "owner": [("/mail/ada@example.cn", "ada@example.cn 13812348000", 1), ("ada@example.cn 13812348000", 1, True)],
        "marketer": [("/mail/a***@example.cn", masked, 1), (masked, 1, False)],
    }


def test_a_funnel_over_past_clicks_has_visual_events_as_steps(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        made(client, BUY)
        made(client, {"key": "card", "name": NAME, "element": ".card, body"})
        made(client, {"key": "on_card", "name": NAME, "element": "button", "text": {"op": "contains", "value": "buy"}})
        steps = [{"event": "visual:buy"}, {"event": "visual:on_card"}, {"event": "Order Completed"}]
        answer = asked(client, "funnel", steps=steps, same_event_may_fill_steps=True)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert [step["count"] for step in body["answer"]["steps"]] == [2, 2, 1]
        assert [step["event"] for step in body["question"]["steps"]] == [
            "visual:buy@1",
            "visual:on_card@1",
            "Order Completed",
        ]
        again = asked(client, "funnel", **body["question"]).json()
        assert again["answer"] == body["answer"]
        behind = client.post(
            "/questions/people",
            params={"fresh": "true"},
            json={"kind": "funnel", "question": body["question"], "cell": {"step": 1}},
        ).json()
        held = sorted(one["value"] for person in behind["people"] for one in person["identifiers"])
        assert (behind["count"], held) == (2, ["ann", "ben"])


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("retention", {"target": {"event": "visual:buy"}, "returning": {"event": "visual:buy"}}),
        ("stickiness", {"event": "visual:buy"}),
        ("lifecycle", {"event": "visual:buy"}),
        ("distribution", {"event": "visual:buy"}),
        ("interval", {"from": {"event": "visual:buy"}, "to": {"event": "visual:buy"}}),
        ("rfm", {"event": "visual:buy"}),
        ("engagement", {"weights": [{"event": "visual:buy", "weight": 1}]}),
        ("heat_map", {"event": "visual:buy"}),
        ("paths", {"items": [{"event": "visual:buy", "take": "$event"}]}),
        ("paths", {"items": [{"event": "visual:buy"}, {}], "start": "visual:buy"}),
        (
            "attribution",
            {"touch": {"event": "visual:buy", "channel": "$el_text"}, "goal": {"event": "Order Completed"}},
        ),
        ("ltv", {"acquired": {"event": "visual:buy"}, "revenue": {"event": "Order Completed"}}),
    ],
)
def test_every_kind_of_question_knows_visual_events(
    world: ApiWorld, shop: str, kind: str, question: dict[str, Any]
) -> None:
    with world.client(workspace=shop) as client:
        made(client, BUY)
        answer = asked(client, kind, **question)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert "visual:buy@1" in str(body["question"])
        assert any("on_element" not in one["sql"] and "JSONExtractArrayRaw" in one["sql"] for one in body["sql"])


def test_a_preview_tells_how_many_clicks_and_people_and_what_they_look_like(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        answer = client.post("/visual-events/preview", params={"fresh": "true"}, json={"definition": BUY})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["clicks"], found["people"], found["warnings"]) == (3, 2, [])
        kinds = [(one["path"], one["text"], one["clicks"], one["people"]) for one in found["kinds"]]
        assert sorted(kinds) == [
            ("/product/1", "Buy", 1, 1),
            ("/product/1", "Buy now", 1, 1),
            ("/product/2", "Buy now", 1, 1),
        ]
        nothing = {**BUY, "element": "#nowhere"}
        found = client.post("/visual-events/preview", params={"fresh": "true"}, json={"definition": nothing}).json()
        assert (found["clicks"], found["people"], found["warnings"]) == (0, 0, ["no_clicks"])


def test_the_most_clicked_elements_of_a_page_come_with_selectors_the_surest_first(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        answer = client.post("/visual-events/suggestions", params={"fresh": "true"}, json={"path": "/product/*"})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["looked_at"] == 4
        assert [(one["tag"], one["clicks"]) for one in found["elements"]] == [("button", 3), ("a", 1)]
        first, second = (
            [(one["selector"], one["by"], one["clicks"]) for one in e["selectors"]] for e in found["elements"]
        )
        assert first[:2] == [('[data-track="buy"]', "data", 3), ("button.btn", "class", 3)]
        assert first[-1] == ("body > div:nth-of-type(2) > button:nth-of-type(1)", "place", 3)
        assert second[0] == ("#help", "id", 1)
        asked_for = {"path": "/product/*", "chain": [HELP, BODY]}
        found = client.post("/visual-events/suggestions", params={"fresh": "true"}, json=asked_for).json()
        assert [(one["tag"], one["selectors"][0]["selector"]) for one in found["elements"]] == [("a", "#help")]


def test_the_condition_of_a_visual_event_makes_a_tag_live(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        where = made(client, BUY)["where"]
        rule = {"when": {"measure": "count", "event": None, "where": where, "op": "gte", "value": 2}}
        tag = {"key": "keen", "name": NAME, "family": "demand_intent", "rule": rule}
        assert client.post("/tags", json=tag).status_code == 201
        assert client.post("/tags/keen/publish").status_code == 200
        assert _has_tag(client, "ann")
        world.send(shop, clicked("ben", "/product/9", BUTTON, BODY))
        assert _has_tag(client, "ben")
        assert not _tags(client, "cai").get("keen")


def test_a_rule_takes_the_condition_and_not_the_name_which_may_come_to_mean_something_else(
    world: ApiWorld, workspace: str
) -> None:
    with world.client(workspace=workspace) as client:
        rule = {"when": {"measure": "count", "event": "visual:buy", "op": "gte", "value": 1}}
        tag = {"key": "named", "name": NAME, "family": "demand_intent", "rule": rule}
        refused = client.post("/tags", json=tag)
        assert (refused.status_code, "visual:buy" in refused.text) == (422, True)


def _has_tag(client: httpx.Client, user: str) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := "keen" in _tags(client, user)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _tags(client: httpx.Client, user: str) -> dict[str, Any]:
    answer = client.get(f"/profiles/user_id:{user}", params={"fresh": "true"})
    found: dict[str, Any] = answer.json()["tags"]
    return found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"element": "a:hover"}, "not understood"),
        ({"element": None}, "needs an element"),
        ({"page": {"paht": "/"}}, "paht"),
        ({"key": "No"}, "key"),
        ({"text": {"op": "regex", "value": "x"}}, "regex"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused_by_name(
    world: ApiWorld, workspace: str, change: dict[str, Any], said: str
) -> None:
    with world.client(workspace=workspace) as client:
        refused = client.post("/visual-events", json={**BUY, **change})
        assert (refused.status_code, said in refused.text) == (422, True), refused.text


def test_what_questions_call_no_visual_event_is_refused(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as client:
        made(client, BUY)
        for event in ("visual:", "visual:buy@0", "visual:buy@2", "visual:other", "visual:buy@latest"):
            refused = asked(client, "trend", series=[{"event": event}])
            assert (refused.status_code, "visual event" in refused.text) == (422, True), event


def test_who_may_not_publish_may_neither_retire(world: ApiWorld, workspace: str) -> None:
    with world.client(workspace=workspace) as owner, world.client(world.token("viewer", workspace)) as viewer:
        made(owner, BUY)
        params = {"workspace": workspace}
        assert viewer.get("/visual-events/buy", params=params).status_code == 200
        assert viewer.post("/visual-events", params=params, json=BUY).status_code == 403
        assert viewer.post("/visual-events/buy/publish", params=params).status_code == 403
        assert viewer.delete("/visual-events/buy", params=params).status_code == 403


def test_visual_events_stay_in_their_workspace(world: ApiWorld, workspace: str, shop: str) -> None:
    elsewhere = world.workspace()
    with world.client(workspace=shop) as client, world.client(workspace=elsewhere) as other:
        made(client, BUY)
        assert other.get("/visual-events/buy").status_code == 404
        assert asked(other, "trend", series=[{"event": "visual:buy"}]).status_code == 422


def test_paths_begin_and_end_at_a_visual_event_and_do_not_leave_one_out_by_name(world: ApiWorld, shop: str) -> None:
    with world.client(workspace=shop) as client:
        made(client, BUY)
        items = [{"event": "visual:buy"}, {}]
        answer = asked(client, "paths", items=items, start="visual:buy").json()
        assert answer["question"]["start"] == "visual:buy@1"
        assert answer["answer"]["trips"] > 0
        refused = asked(client, "paths", items=[{"except_events": ["visual:buy"]}])
        assert (refused.status_code, "a rule of its own" in refused.text) == (422, True)
