"""Alerts over HTTP and through the loop: made, looked at when it is time, firing, failing, tried on the past."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from api_world import ApiWorld, track

from zuji.analyse.ask import Asker

MINUTE = 60_000
DAY = 86_400_000
LIFE = {"kind": "lifecycle", "question": {"event": "view", "date_from": "-7d"}}
FUNNEL = {"kind": "funnel", "question": {"steps": [{"event": "view"}, {"event": "cart"}], "date_from": "-1d"}}
NEW_YESTERDAY = {"status": "new", "figure": "last_complete_period"}
EVERY_MINUTE = {"unit": "minute"}


def above(threshold: float, figure: dict[str, Any] = NEW_YESTERDAY, **more: Any) -> dict[str, Any]:
    return {"figure": figure, "condition": "above", "threshold": threshold, **more}


@pytest.fixture
def now(world: ApiWorld) -> int:
    return world.house.ports.now_ms()


@pytest.fixture
def filled(world: ApiWorld, workspace: str, now: int) -> str:
    """New people who viewed: one five days ago, three yesterday; one of the latter put something in the cart today."""
    world.send(
        workspace,
        track("view", "u-1", timestamp=now - 5 * DAY),
        *(track("view", f"u-{number}", timestamp=now - DAY) for number in (2, 3, 4)),
        track("cart", "u-2", timestamp=now - 1),
    )
    with world.client(workspace=workspace) as client:
        client.get("/events/count", params={"fresh": "true"})
    return workspace


def saved(client: httpx.Client, question: dict[str, Any], **more: Any) -> str:
    answer = client.post("/questions/saved", json={"name": "watched", **question, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def watch(client: httpx.Client, question: str, rule: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"name": "Many new", "question": question, "rule": rule, "schedule": EVERY_MINUTE, **more}
    answer = client.post("/alerts", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_an_alert_fires_when_its_figure_crosses_and_keeps_every_look(world: ApiWorld, filled: str, now: int) -> None:
    with world.client(workspace=filled) as client:
        made = watch(client, saved(client, LIFE), above(2))
        assert (made["state"], made["last_check"], made["rule"]["cooldown_minutes"]) == ("ok", None, 0)
        world.house.alerts.check_due(now)
        world.house.alerts.check_due(now + MINUTE - 1)
        world.house.alerts.check_due(now + MINUTE)
        [listed] = client.get("/alerts").json()["alerts"]
        page = client.get(f"/alerts/{made['id']}").json()
    assert (listed["state"], listed["last_check"]["value"], listed["last_check"]["previous"]) == ("firing", 3.0, 0.0)
    assert [check["state"] for check in page["checks"]] == ["firing", "firing"]
    assert page["fired_at"] == page["checks"][-1]["at"] != page["checked_at"] == page["checks"][0]["at"]


def test_a_question_that_fails_is_a_check_that_says_why_and_the_alert_stands_as_it_stood(
    world: ApiWorld, filled: str, now: int
) -> None:
    with world.client(workspace=filled) as client:
        question = saved(client, LIFE)
        made = watch(client, question, above(2))
        healthy = watch(client, question, above(99), name="healthy")
        world.house.alerts.check_due(now)
        broken = {"event": "view", "timezone": "Mars/Olympus"}
        assert client.patch(f"/questions/saved/{question}", json={"question": broken}).status_code == 200
        world.house.alerts.check_due(now + MINUTE)
        page = client.get(f"/alerts/{made['id']}").json()
        other = client.get(f"/alerts/{healthy['id']}").json()
    assert page["state"] == "firing"
    assert [check["state"] for check in page["checks"]] == ["failed", "firing"]
    assert "Mars/Olympus" in page["checks"][0]["problem"]
    assert [check["state"] for check in other["checks"]] == ["failed", "ok"]


def test_a_bug_in_one_look_does_not_end_the_others(
    world: ApiWorld, filled: str, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Asker.ask

    def broken(asker: Asker, kind: str, document: Any, asking: Any) -> Any:
        if document.get("event") == "cart":
            raise RuntimeError("boom")
        return ask(asker, kind, document, asking)

    monkeypatch.setattr(Asker, "ask", broken)
    with world.client(workspace=filled) as client:
        ill = watch(client, saved(client, {"kind": "lifecycle", "question": {"event": "cart"}}), above(2))
        well = watch(client, saved(client, LIFE), above(2))
        world.house.alerts.check_due(now)
        states = [client.get(f"/alerts/{one['id']}").json()["last_check"] for one in (ill, well)]
    assert [one["state"] for one in states] == ["failed", "firing"]
    assert "the log of the engine says what" in states[0]["problem"]


def test_an_alert_that_is_switched_off_is_not_looked_at_and_another_rule_starts_anew(
    world: ApiWorld, filled: str, now: int
) -> None:
    with world.client(workspace=filled) as client:
        path = f"/alerts/{watch(client, saved(client, LIFE), above(2))['id']}"
        world.house.alerts.check_due(now)
        assert client.patch(path, json={"enabled": False}).json()["state"] == "firing"
        world.house.alerts.check_due(now + MINUTE)
        assert len(client.get(path).json()["checks"]) == 1
        changed = client.patch(path, json={"enabled": True, "rule": above(50)}).json()
        assert (changed["state"], changed["fired_at"]) == ("ok", None)
        world.house.alerts.check_due(now + MINUTE)
        assert [check["state"] for check in client.get(path).json()["checks"]] == ["ok", "firing"]


def test_a_funnel_is_compared_with_the_range_before_its_own(world: ApiWorld, filled: str, now: int) -> None:
    count = {"step": 1, "figure": "count"}
    rule = {"figure": count, "condition": "change_up_percent", "threshold": 50}
    with world.client(workspace=filled) as client:
        made = watch(client, saved(client, FUNNEL), rule)
        world.house.alerts.check_due(now)
        check = client.get(f"/alerts/{made['id']}").json()["last_check"]
    assert (check["state"], check["value"], check["previous"]) == ("firing", 3.0, 0.0)


def test_a_trend_is_watched_by_its_total_against_the_previous_range(world: ApiWorld, filled: str, now: int) -> None:
    trend = {"kind": "trend", "question": {"series": [{"event": "view", "math": "total"}], "date_from": "-2d"}}
    rule = {"figure": {"series": 0, "figure": "total"}, "condition": "change_up_percent", "threshold": 100}
    with world.client(workspace=filled) as client:
        made = watch(client, saved(client, trend), rule)
        world.house.alerts.check_due(now)
        check = client.get(f"/alerts/{made['id']}").json()["last_check"]
    assert (check["state"], check["value"], check["previous"]) == ("firing", 3.0, 1.0)


def test_a_rule_is_tried_on_the_past_with_one_question(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        body = {"question": saved(client, LIFE), "rule": above(0), "days": 7}
        told = client.post("/alerts/simulate", json=body).json()
    assert told["questions_asked"] == 1
    assert [look["value"] for look in told["looks"]] == [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 3.0]
    assert [look["fired"] for look in told["looks"]] == [False, False, True, False, False, False, True]
    assert told["fired_at"] == [told["looks"][2]["at"], told["looks"][6]["at"]]
    assert told["looks"][2]["at"].endswith("T16:00:00.000Z")  # midnight in Shanghai: when the day is over


def test_the_cool_down_holds_in_the_past_too(world: ApiWorld, filled: str) -> None:
    with world.client(workspace=filled) as client:
        body = {"question": saved(client, LIFE), "rule": above(0, cooldown_minutes=4 * 1440 + 1), "days": 7}
        told = client.post("/alerts/simulate", json=body).json()
    assert [look["fired"] for look in told["looks"]].count(True) == 1
    assert told["looks"][-1]["state"] == "ok"


def test_a_figure_that_no_one_answer_holds_is_asked_for_day_by_day(world: ApiWorld, filled: str) -> None:
    rule = above(0, {"step": 1, "figure": "count"})
    with world.client(workspace=filled) as client:
        told = client.post("/alerts/simulate", json={"question": FUNNEL, "rule": rule, "days": 3}).json()
        assert (told["questions_asked"], [look["value"] for look in told["looks"]]) == (3, [0.0, 0.0, 3.0])
        many = client.post("/alerts/simulate", json={"question": FUNNEL, "rule": rule, "days": 32})
    assert (many.status_code, "31 at most" in many.json()["message"]) == (422, True)


@pytest.mark.parametrize(
    ("rule", "schedule", "said"),
    [
        (above(1, {"status": "lost", "figure": "last_complete_period"}), EVERY_MINUTE, "Invalid enum value 'lost'"),
        (above(1, {"step": 1, "figure": "count"}), EVERY_MINUTE, "of a lifecycle it is"),
        (above(1), {"unit": "day"}, "a daily schedule names its time"),
        ({}, EVERY_MINUTE, "missing required field"),
    ],
)
def test_an_alert_that_makes_no_sense_is_refused(
    world: ApiWorld, workspace: str, rule: dict[str, Any], schedule: dict[str, Any], said: str
) -> None:
    with world.client(workspace=workspace) as client:
        body = {"name": "x", "question": saved(client, LIFE), "rule": rule, "schedule": schedule}
        answer = client.post("/alerts", json=body)
    assert (answer.status_code, said in answer.json()["message"]) == (422, True), answer.text


def test_an_alert_is_seen_with_its_question_and_changed_by_its_maker_and_owners(
    world: ApiWorld, workspace: str
) -> None:
    with (
        world.client(world.token("analyst"), workspace=workspace) as maker,
        world.client(world.token("analyst"), workspace=workspace) as colleague,
        world.client(world.token("viewer"), workspace=workspace) as viewer,
        world.client(workspace=world.workspace()) as elsewhere,
    ):
        private, shared = saved(maker, LIFE), saved(maker, LIFE, shared="workspace")
        hidden, shown = (f"/alerts/{watch(maker, one, above(1))['id']}" for one in (private, shared))
        assert [client.get(hidden).status_code for client in (maker, colleague, viewer, elsewhere)] == [200] + [404] * 3
        assert [client.get(shown).status_code for client in (colleague, viewer, elsewhere)] == [200, 200, 404]
        assert len(viewer.get("/alerts").json()["alerts"]) == 1
        assert colleague.patch(shown, json={"name": "mine"}).status_code == 403
        assert (
            colleague.post(
                "/alerts", json={"name": "x", "question": private, "rule": above(1), "schedule": EVERY_MINUTE}
            ).status_code
            == 404
        )
        assert viewer.delete(shown).status_code == 403
        refused = maker.delete(f"/questions/saved/{shared}")
        assert (refused.status_code, "an alert watches" in refused.json()["message"]) == (409, True)
        assert maker.delete(shown).status_code == 204
        assert maker.delete(f"/questions/saved/{shared}").status_code == 204
