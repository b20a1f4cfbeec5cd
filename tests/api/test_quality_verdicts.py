"""A sample for people to judge, their verdicts, and the accuracy that follows, over the API."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import msgspec
import pytest
from api_world import ApiWorld, track

from zuji.store.events import EventStore
from zuji.store.query import Query

SEEN = {"fresh": "true"}


def sample(world: ApiWorld, workspace: str, token: str | None = None, **asked: str) -> list[dict[str, Any]]:
    with world.client(token, workspace=workspace) as caller:
        answer = caller.get("/quality/sample", params={**SEEN, **asked})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["events"]
    return found


def ids(events: list[dict[str, Any]], stratum: str | None = None) -> list[str]:
    return [one["event_id"] for one in events if stratum in (None, one["stratum"])]


def test_the_sample_leans_to_what_is_doubtful_and_costly_and_a_seed_draws_the_same_again(
    world: ApiWorld, workspace: str
) -> None:
    doubtful = [track("Bag Packed", f"sample-u{n}", properties={"price": -1}) for n in range(30)]
    costly = [track("Order Completed", f"sample-u{n}", properties={"total": 9_000 + n}) for n in range(3)]
    usual = [track("Order Completed", f"sample-u{n}", properties={"total": 5}) for n in range(60)]
    world.send(workspace, *doubtful, *costly, *usual)
    drawn = sample(world, workspace, size="20", seed="7")
    assert (len(ids(drawn, "risk")), len(ids(drawn, "rest"))) == (10, 4)
    assert set(ids(drawn, "risk")) <= {one.message_id for one in doubtful}
    assert {one.message_id for one in costly} <= set(ids(sample(world, workspace, size="200"), "value"))
    assert sample(world, workspace, size="20", seed="7") == drawn
    assert set(ids(sample(world, workspace, size="20", seed="8"))) != set(ids(drawn))
    assert sample(world, world.workspace()) == []


def known(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("source", "event_id", "stratum", "held_wrong", "received_at")}


def test_verdicts_are_kept_with_who_and_when_and_correct_the_accuracy_and_the_index(
    world: ApiWorld, workspace: str
) -> None:
    doubtful = track("Bag Packed", "verdict-u1", properties={"price": -1})
    usual = [track("Bag Packed", f"verdict-u{n}", properties={"size": "L"}) for n in range(3)]
    world.send(workspace, doubtful, *usual)
    drawn = {one["event_id"]: one for one in sample(world, workspace)}
    assert {name: one["held_wrong"] for name, one in drawn.items()} == {
        doubtful.message_id: True, **{one.message_id: False for one in usual},
    }  # fmt: skip
    said = [(doubtful, "wrong", []), (doubtful, "right", []), (usual[0], "wrong", ["size"]), (usual[1], "wrong", [])]
    with world.client(workspace=workspace) as owner:
        before = owner.get("/quality/verdicts", params=SEEN).json()
        figures = owner.get("/quality", params=SEEN).json()
        for message, verdict, fields in said:
            body = {**known(drawn[message.message_id]), "verdict": verdict, "fields": fields}
            answer = owner.post("/quality/verdicts", json=body)
            assert answer.status_code == 200, answer.text
        unfinished = owner.get("/quality", params=SEEN).json()
        owner.post("/quality/verdicts", json={**known(drawn[usual[2].message_id]), "verdict": "right"})
        told = owner.get("/quality/verdicts", params=SEEN).json()
        corrected = owner.get("/quality", params=SEEN).json()
        refused = owner.post("/quality/verdicts", json={**known(drawn[doubtful.message_id]), "verdict": "perhaps"})
    log = audited(world, workspace)
    assert (before["automatic"], before["corrected"], before["needed"], before["verdicts"]) == (75.0, None, 4, [])
    assert unfinished == figures, "too few verdicts change nothing"
    assert told["strata"] == {
        "risk": {"events": 1, "labelled": 1, "overlooked": 0, "blamed": 1},
        "value": {"events": 0, "labelled": 0, "overlooked": 0, "blamed": 0},
        "rest": {"events": 3, "labelled": 3, "overlooked": 2, "blamed": 0},
    }
    assert [told[name] for name in ("automatic", "corrected", "low", "high", "needed")] == [75.0, 50.0, 50.0, 50.0, 0]
    accuracy = corrected["dimensions"]["accuracy"]
    assert accuracy == {**figures["dimensions"]["accuracy"], "score": 50.0}
    weight = 0.2 / sum(corrected["weights"][name] for name, one in figures["dimensions"].items() if one["checked"])
    assert abs(figures["index"] - corrected["index"] - 25 * weight) < 0.02
    assert corrected["sources"][0]["corrected"] == corrected["corrected"] == {
        "verdicts": 4, "automatic": 75.0, "low": 50.0, "high": 50.0, "index_automatic": figures["index"],
        "index_low": corrected["index"], "index_high": corrected["index"],
    }  # fmt: skip
    assert (corrected["days"], corrected["events"]) == (figures["days"], figures["events"])
    kept = {one["event_id"]: (one["verdict"], one["fields"]) for one in told["verdicts"]}
    assert kept[doubtful.message_id] == ("right", [])
    assert kept[usual[0].message_id] == ("wrong", ["size"])
    assert {one["event_id"]: one["verdict"]["verdict"] for one in sample(world, workspace)}[
        usual[2].message_id
    ] == "right"
    assert log.count("quality.verdict") == 5
    assert refused.status_code == 422


def test_a_verdict_on_an_event_that_is_not_stored_is_refused_and_corrects_nothing(
    world: ApiWorld, workspace: str
) -> None:
    event = track("Bag Packed", "verdict-there", properties={"price": -1})
    robot = track(
        "Bag Packed",
        "verdict-robot",
        context=msgspec.Raw(b'{"userAgent": "Googlebot/2.1 (+http://google.com/bot.html)"}'),
    )
    world.send(workspace, event, robot)
    [drawn] = sample(world, workspace)
    elsewhere = world.workspace()
    said = {**known(drawn), "verdict": "wrong"}
    with world.client(world.token("analyst", workspace), workspace=workspace) as analyst:
        refused = [
            analyst.post("/quality/verdicts", json={**said, **other})
            for other in ({"event_id": "made-up"}, {"source": "made-up"}, {"event_id": robot.message_id})
        ]
    with world.client(workspace=elsewhere) as neighbour:
        refused.append(neighbour.post("/quality/verdicts", json=said))
    with world.client(workspace=workspace) as owner:
        after = owner.get("/quality/verdicts", params=SEEN).json()
    assert [one.status_code for one in refused] == [404] * 4
    assert "has no event made-up that could be judged" in refused[0].json()["message"]
    assert after["verdicts"] == []
    assert "quality.verdict" not in audited(world, workspace)


def test_what_rules_hold_and_when_it_came_is_taken_from_the_stored_event_and_not_from_who_judges(
    world: ApiWorld, workspace: str
) -> None:
    doubtful = track("Bag Packed", "believed-1", properties={"price": -1})
    free = track("Bag Packed", "believed-2", properties={"size": "L"})
    costly = track("Order Completed", "believed-3", properties={"total": 90})
    world.send(workspace, doubtful, free, costly)
    drawn = {one["event_id"]: one for one in sample(world, workspace)}
    lies = {
        doubtful.message_id: {"stratum": "rest", "held_wrong": False, "received_at": 1},
        free.message_id: {"stratum": "value", "held_wrong": True, "received_at": 2**52},
        costly.message_id: {"stratum": "risk", "held_wrong": True},
    }
    with world.client(workspace=workspace) as owner:
        for event_id, lie in lies.items():
            row = known(drawn[event_id])
            answer = owner.post("/quality/verdicts", json={**row, **lie, "verdict": "right"})
            assert answer.status_code == 200, answer.text
        only_needed = {name: drawn[costly.message_id][name] for name in ("source", "event_id")}
        kept = owner.post("/quality/verdicts", json={**only_needed, "stratum": "value", "verdict": "right"}).json()
        told = owner.get("/quality/verdicts", params=SEEN).json()["verdicts"]
    believed = {one["event_id"]: (one["stratum"], one["held_wrong"], one["received_at"]) for one in told}
    came = {name: row["received_at"] for name, row in drawn.items()}
    assert believed == {
        doubtful.message_id: ("risk", True, came[doubtful.message_id]),
        free.message_id: ("rest", False, came[free.message_id]),
        costly.message_id: ("value", False, came[costly.message_id]),
    }
    assert kept["stratum"] == "value"


def test_events_are_counted_at_the_turn_of_who_asks_and_only_where_somebody_said_right_or_wrong(
    world: ApiWorld, workspace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    query = EventStore.query

    def noted(self: EventStore, what: Query) -> Any:
        if what.params.get("workspace") == workspace:
            asked.append(threading.current_thread().name.partition("_")[0])
        return query(self, what)

    world.send(workspace, track("Bag Packed", "turn-u1", properties={"price": -1}))
    [drawn] = sample(world, workspace)
    monkeypatch.setattr(EventStore, "query", noted)
    with world.client(workspace=workspace) as owner:
        for verdict, expected in (("unsure", []), ("right", ["question"])):
            owner.post("/quality/verdicts", json={**known(drawn), "verdict": verdict}).raise_for_status()
            asked.clear()
            owner.get("/quality").raise_for_status()
            assert asked == expected
        sample(world, workspace)
        owner.get("/quality/verdicts").raise_for_status()
    assert set(asked) == {"question"}


def test_a_verdict_is_taken_back_once_and_who_cannot_say_corrects_nothing(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, track("Bag Packed", "verdict-back", properties={"price": -1}))
    [drawn] = sample(world, workspace)
    named = {"source": drawn["source"], "event_id": drawn["event_id"]}
    with world.client(workspace=workspace) as owner:
        owner.post("/quality/verdicts", json={**known(drawn), "verdict": "unsure"}).raise_for_status()
        unsure = owner.get("/quality/verdicts", params=SEEN).json()
        taken_back = [owner.delete("/quality/verdicts", params=named).status_code for _ in range(2)]
        after = owner.get("/quality/verdicts", params=SEEN).json()
    with world.client(world.token("viewer", workspace), workspace=workspace) as viewer:
        assert viewer.delete("/quality/verdicts", params=named).status_code == 403
    assert [one["verdict"] for one in unsure["verdicts"]] == ["unsure"]
    assert (unsure["corrected"], unsure["needed"]) == (None, 1)
    assert taken_back == [204, 404]
    assert after["verdicts"] == []
    assert audited(world, workspace).count("quality.verdict_back") == 1


def test_the_sample_tells_what_cleaning_changed(world: ApiWorld, workspace: str) -> None:
    standards = {"fields": [{"field": "properties.phone", "as": "phone", "region": "CN"}]}
    with world.client(workspace=workspace) as owner:
        assert owner.put("/policies/standards", json={"document": standards}).status_code == 200
    world.send(workspace, track("Bag Packed", "mended-u1", properties={"phone": "139 1234 5678", "size": "L"}))
    [drawn] = sample(world, workspace)
    assert [(one["field"], one["before"], one["after"]) for one in drawn["mended"]] == [
        ("phone", "139 1234 5678", "+8613912345678")
    ]
    assert drawn["mended"][0]["kept_in"] in drawn["properties"]


def audited(world: ApiWorld, workspace: str) -> list[str]:
    headers = {"Authorization": f"Bearer {world.owner}"}
    with httpx.Client(base_url=f"{world.url}/api/v1", headers=headers, timeout=60) as operator:
        entries = operator.get("/audit", params={"subject": workspace}).json()["entries"]
    return [one["action"] for one in entries if one["subject"] == workspace]


def test_who_may_not_judge_is_refused_and_who_may_not_see_people_gets_masked_values(
    world: ApiWorld, workspace: str
) -> None:
    world.send(workspace, track("Bag Packed", "masked-u1", properties={"email": "ana@example.com"}))
    [shown] = sample(world, workspace)
    [masked] = sample(world, workspace, token=world.token("analyst", workspace))
    assert shown["properties"]["email"] == "ana@example.com"
    assert "ana@example.com" not in str(masked)
    with world.client(world.token("viewer", workspace), workspace=workspace) as viewer:
        assert viewer.get("/quality/sample").status_code == 403
        assert viewer.get("/quality/verdicts").status_code == 200


def test_what_was_said_of_events_is_forgotten_with_the_data_of_their_source(world: ApiWorld) -> None:
    workspace = world.workspace()
    event = track("Bag Packed", "verdict-gone", properties={"price": -1})
    world.send(workspace, event)
    [drawn] = sample(world, workspace)
    body = known(drawn)
    with world.client(workspace=workspace) as owner:
        said = owner.post("/quality/verdicts", json={**body, "verdict": "wrong", "note": "call 13812345678"})
        assert said.status_code == 200, said.text
        with world.client(world.token("viewer", workspace), workspace=workspace) as viewer:
            [seen] = viewer.get("/quality/verdicts", params=SEEN).json()["verdicts"]
        assert "13812345678" not in seen["note"]
        assert owner.delete(f"/sources/{drawn['source']}/data").status_code == 200
        assert owner.get("/quality/verdicts", params=SEEN).json()["verdicts"] == []
