"""Events, people, quarantine and accounts over HTTP, with the whole engine behind."""

from __future__ import annotations

import json
from typing import Any

import httpx
import msgspec
import pytest
from api_world import ApiWorld, identify, track

from zuji.terms.message import Message


def ask(world: ApiWorld, workspace: str, path: str, **params: Any) -> Any:
    """GET as the owner, everything acknowledged included."""
    with world.client(workspace=workspace) as owner:
        answer = owner.get(path, params={"fresh": "true", **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


def count(world: ApiWorld, workspace: str, **filters: Any) -> int:
    number: int = ask(world, workspace, "/events/count", **filters)["count"]
    return number


def decide(world: ApiWorld, workspace: str, what: str, **body: Any) -> httpx.Response:
    with world.client(workspace=workspace) as owner:
        return owner.post(f"/identity/{what}", json=body)


def user(value: str) -> dict[str, str]:
    return {"type": "user_id", "value": value}


def test_events_are_counted_by_every_filter_and_by_all_of_them_together(world: ApiWorld, workspace: str) -> None:
    world.send(
        workspace,
        track("Opened", "u1", message_id="one", timestamp="2026-01-05T10:00:00Z"),
        track("Opened", "u2", timestamp="2026-01-06T10:00:00Z"),
        track("Bought", "u1", timestamp="2026-01-07T10:00:00Z"),
        track("Home", "u1", type="page", timestamp="2026-01-08T10:00:00Z"),
        identify("u1"),
        Message(type="profile", message_id="trait-update", user_id="u1", traits=msgspec.Raw(b'{"plan":"pro"}')),
    )
    source = world.source(workspace).id
    assert count(world, workspace) == 6
    assert count(world, workspace, user="u1") == 5
    assert count(world, workspace, user="u1", type="track") == 2
    assert count(world, workspace, event="Opened") == 2
    assert count(world, workspace, message_id="one") == 1
    assert count(world, workspace, type="profile") == 1
    assert count(world, workspace, type="identify") == 1
    assert count(world, workspace, source=source) == 6
    assert count(world, workspace, source="another") == 0
    assert count(world, workspace, **{"from": "2026-01-06", "to": "2026-01-08"}) == 2
    assert count(world, workspace, user="u1", event="Opened", type="track", message_id="one") == 1
    assert count(world, workspace, user="nobody") == 0
    assert count(world, workspace, user="u1' OR 1=1 --") == 0


def test_a_users_events_are_those_of_the_whole_person_by_any_identifier(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, track("Looked", anonymous="a1"), track("Looked", anonymous="a1"))
    world.send(workspace, identify("u1", anonymous="a1", traits={"phone": "138 1234 8000", "email": "Wang@Shop.CN"}))
    world.send(workspace, track("Bought", "u1"))
    assert count(world, workspace, user="a1") == 4
    for value in ("u1", "+8613812348000", "13812348000", "wang@shop.cn", "Wang@Shop.CN"):
        assert count(world, workspace, user=value) == 4, value


def test_events_are_listed_newest_first_in_pages_without_gaps_or_repeats(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, *(track(f"E{n}", "u1", timestamp=f"2026-02-0{1 + n % 3}T10:00:00Z") for n in range(25)))
    seen: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = ask(world, workspace, "/events", limit=4, **({"cursor": cursor} if cursor else {}))
        seen += page["events"]
        cursor = page["next"]
        if cursor is None:
            break
        assert len(page["events"]) == 4
    assert sorted(event["event"] for event in seen) == sorted(f"E{n}" for n in range(25))
    order = [(event["occurred_at"], event["position"]) for event in seen]
    assert order == sorted(order, reverse=True)


def test_a_listed_event_tells_everything_that_was_stored(world: ApiWorld, workspace: str) -> None:
    world.send(
        workspace,
        track(
            "Order Completed",
            "u1",
            message_id="m",
            timestamp="2026-01-05T10:00:00.250Z",
            properties={"revenue": 19.9, "currency": "CNY", "nested": {"b": [1, 2]}},
            context=msgspec.Raw(b'{"page": {"url": "https://shop.cn/cart?utm_source=wechat"}, "locale": "zh-CN"}'),
        ),
    )
    event = ask(world, workspace, "/events")["events"][0]
    assert event["event_id"] == "m"
    assert (event["type"], event["event"], event["key"]) == ("track", "Order Completed", "secret")
    assert event["occurred_at"] == "2026-01-05T10:00:00.250Z"
    assert event["identifiers"] == [user("u1")]
    assert event["person"] == event["anchor"] != 0
    assert (event["amount"], event["currency"]) == ("19.900000", "CNY")
    assert event["properties"] == {"revenue": 19.9, "currency": "CNY", "nested": {"b": [1, 2]}}
    assert event["columns"]["url_host"] == "shop.cn"
    assert event["columns"]["utm_source"] == "wechat"
    assert event["flags"] == ["late"]
    assert event["source"] == world.source(workspace).id
    assert "marketing" in event["purposes"]


def test_a_profile_is_found_by_every_identifier_and_by_its_id(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, identify("u1", anonymous="a1", traits={"plan": "pro", "phone": "13812348000"}))
    ask(world, workspace, "/events/count")
    first = ask(world, workspace, "/profiles/user_id:u1")
    held = {(one["type"], one["value"]) for one in first["identifiers"]}
    assert held == {("user_id", "u1"), ("anonymous_id", "a1"), ("phone", "+8613812348000")}
    assert first["identified"] is True
    assert first["traits"]["plan"] == "pro"
    detail = first["trait_details"]["plan"]
    assert (detail["key"], detail["identifier"]) == ("secret", user("u1"))
    for other in ("anonymous_id:a1", "phone:13812348000", "phone:+8613812348000", f"profile:{first['id']}"):
        assert ask(world, workspace, f"/profiles/{other}") == first, other
    with world.client(workspace=workspace) as owner:
        assert owner.get("/profiles/user_id:nobody").status_code == 404
        assert owner.get("/profiles/profile:999999999").status_code == 404
        assert owner.get("/profiles/nobody").status_code == 422
        body = {"identifiers": [user("u1"), user("nobody")]}
        looked_up = owner.post("/profiles/lookup", json=body).json()["profiles"]
    assert looked_up == [first, None]


def test_an_identifier_with_slashes_colons_and_chinese_is_found(world: ApiWorld, workspace: str) -> None:
    for value in ("a/b/timeline", "tag:1:2", "张三 李四", "100%"):
        world.send(workspace, track("E", value))
        ask(world, workspace, "/events/count")
        with world.client(workspace=workspace) as owner:
            found = owner.post("/profiles/lookup", json={"identifiers": [user(value)]}).json()["profiles"]
        assert found[0]["identifiers"][0]["value"] == value
        assert count(world, workspace, user=value) == 1
    assert ask(world, workspace, "/profiles/user_id:tag:1:2")["identifiers"][0]["value"] == "tag:1:2"


def test_a_timeline_holds_what_every_identifier_brought_newest_first_in_pages(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, *(track(f"A{n}", anonymous="a1", timestamp=f"2026-03-01T10:0{n}:00Z") for n in range(3)))
    world.send(workspace, identify("u1", anonymous="a1"), track("Other", "u2"))
    first = ask(world, workspace, "/profiles/user_id:u1/timeline", limit=2)
    second = ask(world, workspace, "/profiles/user_id:u1/timeline", limit=2, cursor=first["next"])
    names = [event["event"] for event in first["events"] + second["events"]]
    assert names == ["identify", "A2", "A1", "A0"]
    assert len({event["person"] for event in first["events"] + second["events"]}) == 1


def test_all_profiles_are_listed_with_their_identifiers_in_pages(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, *(identify(f"u{n}", anonymous=f"a{n}") for n in range(7)))
    ask(world, workspace, "/events/count")
    seen: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = ask(world, workspace, "/profiles", limit=3, **({"cursor": cursor} if cursor else {}))
        seen += page["profiles"]
        cursor = page["next"]
        if cursor is None:
            break
    held = sorted(sorted(one["value"] for one in profile["identifiers"]) for profile in seen)
    assert held == [[f"a{n}", f"u{n}"] for n in range(7)]
    assert len({profile["id"] for profile in seen}) == 7


def test_a_merge_joins_two_histories_and_a_split_gives_back_what_was(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, track("E", "u1"), track("E", anonymous="a2"), track("E", anonymous="a2"))
    assert (count(world, workspace, user="u1"), count(world, workspace, user="a2")) == (1, 2)
    other = {"type": "anonymous_id", "value": "a2"}
    merged = decide(world, workspace, "merge", a=user("u1"), b=other, why="same card")
    assert merged.status_code == 200, merged.text
    assert merged.json()["applied"] is True
    assert count(world, workspace, user="u1") == count(world, workspace, user="a2") == 3
    assert len({event["person"] for event in ask(world, workspace, "/events")["events"]}) == 1
    split = decide(world, workspace, "split", profile=user("u1"), leaving=[other])
    assert split.status_code == 200, split.text
    assert (count(world, workspace, user="u1"), count(world, workspace, user="a2")) == (1, 2)
    assert len({event["person"] for event in ask(world, workspace, "/events")["events"]}) == 2


def test_what_a_split_keeps_apart_no_merge_joins_until_it_is_lifted(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, identify("u1", anonymous="a1"))
    ask(world, workspace, "/events/count")
    leaving = {"type": "anonymous_id", "value": "a1"}
    assert decide(world, workspace, "split", profile=user("u1"), leaving=[leaving]).status_code == 200
    assert count(world, workspace, user="a1") == 0
    refused = decide(world, workspace, "merge", a=user("u1"), b=leaving)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "Lift it first" in refused.json()["message"]
    assert decide(world, workspace, "lift", a=user("u1"), b=leaving).status_code == 200
    assert count(world, workspace, user="a1") == 1


def test_an_operator_merges_two_accounts_of_one_customer_and_a_split_gives_both_back(
    world: ApiWorld, workspace: str
) -> None:
    world.send(workspace, track("E", "u1"), track("E", "u2"))
    ask(world, workspace, "/events/count")
    assert decide(world, workspace, "merge", a=user("u1"), b=user("u2")).status_code == 200
    assert count(world, workspace, user="u1") == count(world, workspace, user="u2") == 2
    assert decide(world, workspace, "split", profile=user("u1"), leaving=[user("u2")]).status_code == 200
    assert count(world, workspace, user="u1") == count(world, workspace, user="u2") == 1
    again = decide(world, workspace, "merge", a=user("u1"), b=user("u2"))
    assert (again.status_code, "split" in again.json()["message"]) == (409, True)


def test_a_decision_about_nobody_is_404_and_one_without_sense_422(world: ApiWorld, workspace: str) -> None:
    assert decide(world, workspace, "merge", a=user("no"), b=user("body")).status_code == 404
    assert decide(world, workspace, "split", profile=user("no"), leaving=[]).status_code == 422
    assert decide(world, workspace, "merge", a={"type": "user_id"}, b=user("x")).status_code == 422


def test_an_explanation_shows_the_evidence_between_two_identifiers(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, identify("u1", anonymous="a1"), track("E", "u2"))
    ask(world, workspace, "/events/count")
    linked = ask(world, workspace, "/identity/explain", a="user_id:u1", b="anonymous_id:a1")
    assert linked["same_profile"] is True
    assert [step["rule"] for step in linked["path"]] == ["identify"]
    assert linked["path"][0]["key"] == "secret"
    apart = ask(world, workspace, "/identity/explain", a="user_id:u1", b="user_id:u2")
    assert (apart["same_profile"], apart["path"]) == (False, [])


def test_two_workspaces_cannot_see_each_other(world: ApiWorld) -> None:
    mine, other = world.workspace(), world.workspace()
    world.send(mine, track("Mine", "same-user", message_id="same-id"))
    world.send(other, track("Other", "same-user", message_id="same-id"), track("Other", "same-user"))
    world.send(other, track("", "same-user"))
    assert count(world, mine) == count(world, mine, user="same-user") == count(world, mine, message_id="same-id") == 1
    assert count(world, other) == 2
    assert {event["event"] for event in ask(world, mine, "/events")["events"]} == {"Mine"}
    profile = ask(world, other, "/profiles/user_id:same-user")
    with world.client(workspace=mine) as owner:
        assert owner.get(f"/profiles/profile:{profile['id']}").status_code == 404
        rejected = ask(world, other, "/quarantine")["quarantined"][0]
        assert owner.get(f"/quarantine/{rejected['id']}").status_code == 404
        assert owner.post(f"/quarantine/{rejected['id']}/replay").status_code == 404
        assert owner.get("/quarantine").json()["quarantined"] == []
    assert decide(world, mine, "block", identifier=user("same-user")).status_code == 200
    assert count(world, other, user="same-user") == 2


def test_rejected_events_wait_with_their_reason_and_pass_once_repaired(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, track("", "u1", message_id="bad"), track("Fine", "u1"), track("", "u2"))
    assert count(world, workspace) == 1
    reasons = ask(world, workspace, "/quarantine/reasons")
    assert (reasons["total"], reasons["reasons"]) == (2, {"no_event_name": 2})
    assert reasons["meanings"]["no_event_name"].startswith("A track message")
    assert ask(world, workspace, "/quarantine", reason="too_old")["quarantined"] == []
    first = ask(world, workspace, "/quarantine", limit=1)
    second = ask(world, workspace, "/quarantine", limit=1, cursor=first["next"])
    assert [page["quarantined"][0]["message"]["userId"] for page in (first, second)] == ["u2", "u1"]
    assert second["next"] is None
    waiting = second["quarantined"][0]
    with world.client(workspace=workspace) as owner:
        path = f"/quarantine/{waiting['id']}/replay"
        unrepaired = owner.post(path).json()["outcome"]
        assert (unrepaired["replayed"], unrepaired["reason"]) == (False, "no_event_name")
        no_message = owner.post(path, json={"message": {"type": 5}})
        assert no_message.status_code == 422
        repaired = owner.post(path, json={"message": waiting["message"] | {"event": "Repaired"}}).json()["outcome"]
        assert repaired["replayed"] is True
        assert owner.post(path).status_code == 404
        assert owner.delete(f"/quarantine/{first['quarantined'][0]['id']}").status_code == 200
    assert count(world, workspace, event="Repaired", message_id="bad") == 1
    assert ask(world, workspace, "/quarantine/reasons")["total"] == 0


def test_the_accounts_close_per_source_and_minute(world: ApiWorld, workspace: str) -> None:
    good = track("E", "u1", message_id="good")
    world.send(workspace, good, good, track("", "u1"), track("F", "u1"))
    world.send(workspace, good)
    accounts = ask(world, workspace, "/accounting")
    source = world.source(workspace).id
    figures = {name: accounts["total"][name] for name in ("accepted", "stored", "quarantined", "duplicate", "refused")}
    assert figures == {"accepted": 5, "stored": 2, "quarantined": 1, "duplicate": 2, "refused": 0}
    assert accounts["closed"] is accounts["total"]["closed"] is True
    assert accounts["by_source"] == {source: accounts["total"]}
    assert sum(minute["accepted"] for minute in accounts["minutes"]) == 5
    assert all(minute["source"] == source and minute["closed"] for minute in accounts["minutes"])


def test_deleting_a_sources_data_forgets_its_events_people_and_message_ids(world: ApiWorld, workspace: str) -> None:
    world.send(workspace, identify("u1", anonymous="a1"), track("E", "u1", message_id="again"), track("", "u1"))
    assert count(world, workspace, user="a1") == 2
    with world.client(workspace=workspace) as owner:
        answer = owner.delete("/sources/shop/data")
    assert answer.status_code == 200, answer.text
    assert count(world, workspace) == 0
    assert ask(world, workspace, "/quarantine/reasons")["total"] == 0
    world.send(workspace, track("E", "u1", message_id="again"))
    assert count(world, workspace, message_id="again") == 1
    assert count(world, workspace, user="a1") == 0


BEYOND_ALL_BOUNDS = msgspec.Raw(b'{"far":1e999,"phone":"13812348000"}')


@pytest.mark.parametrize("place", ["properties", "traits", "raw"])
def test_what_cannot_be_read_as_json_is_shown_in_quarantine_as_text(
    world: ApiWorld, workspace: str, place: str
) -> None:
    unreadable, good = track("E", "u1", type="bad"), track("", "u1", properties={"colour": "red"})
    world.send(workspace, msgspec.structs.replace(unreadable, **{place: BEYOND_ALL_BOUNDS}), good)
    waiting = {one["reason"]: one for one in ask(world, workspace, "/quarantine")["quarantined"]}
    shown, beside = waiting["unknown_type"], waiting["no_event_name"]
    assert shown["message"][place] == bytes(BEYOND_ALL_BOUNDS).decode()
    assert shown["message"]["userId"] == "u1"
    assert beside["message"]["properties"] == {"colour": "red"}
    assert ask(world, workspace, f"/quarantine/{shown['id']}") == shown
    with world.client(world.token("analyst"), workspace=workspace) as analyst:
        masked = analyst.get("/quarantine")
    assert masked.status_code == 200
    assert "13812348000" not in masked.text


def test_an_event_whose_context_holds_an_endless_number_is_listed_with_its_context_as_text(
    world: ApiWorld, workspace: str
) -> None:
    world.send(workspace, track("E", "u1", context=BEYOND_ALL_BOUNDS), track("F", "u1"))
    events = {event["event"]: event for event in ask(world, workspace, "/events")["events"]}
    assert events["E"]["context"] == bytes(BEYOND_ALL_BOUNDS).decode()
    assert events["F"]["context"] == {}
    timeline = ask(world, workspace, "/profiles/user_id:u1/timeline")["events"]
    assert {event["event"]: event for event in timeline} == events
    with world.client(world.token("analyst"), workspace=workspace) as analyst:
        masked = analyst.get("/events")
    assert masked.status_code == 200
    assert "13812348000" not in masked.text


def test_whole_numbers_of_any_size_are_told_digit_by_digit(world: ApiWorld, workspace: str) -> None:
    vast = 123456789012345678901234567890
    world.send(workspace, track("E", "u1", properties={"n": vast}), track("", "u1", properties={"n": vast}))
    assert ask(world, workspace, "/events")["events"][0]["properties"] == {"n": vast}
    assert ask(world, workspace, "/quarantine")["quarantined"][0]["message"]["properties"] == {"n": vast}


def test_personal_values_are_masked_for_roles_that_may_not_read_them(world: ApiWorld, workspace: str) -> None:
    secrets = ("13812348000", "wang@shop.cn", "203.0.113.77", "王小明")
    traits = {"phone": secrets[0], "email": secrets[1], "name": secrets[3]}
    context = msgspec.Raw(msgspec.json.encode({"ip": secrets[2]}))
    asked = identify("u1", traits=traits)
    world.send(workspace, msgspec.structs.replace(asked, context=context))
    world.send(workspace, track("", "u1", properties={"note": f"call {secrets[0]}"}))
    ask(world, workspace, "/events/count")
    paths = [
        "/events",
        "/profiles/user_id:u1",
        "/profiles/user_id:u1/timeline",
        "/profiles",
        "/quarantine",
        "/tail?wait_s=0",
    ]

    def read_by(role: Any) -> str:
        with world.client(world.token(role), workspace=workspace) as client:
            answers = [client.get(path) for path in paths]
        assert all(answer.status_code == 200 for answer in answers), [answer.text for answer in answers]
        return "\n".join(json.dumps(answer.json(), ensure_ascii=False) for answer in answers)

    for_owner, for_analyst = read_by("owner"), read_by("analyst")
    assert all(secret in for_owner for secret in secrets)
    assert not [secret for secret in secrets if secret in for_analyst]
    assert "138****8000" in for_analyst
    assert "203.0.113.0" in for_analyst


def test_what_passed_is_shown_live_with_what_each_stage_did(world: ApiWorld, workspace: str) -> None:
    before = ask(world, workspace, "/tail", wait_s=0)["next"]
    message = track("Watched", "u1", message_id="watched")
    world.send(workspace, message, message, track("", "u1"))
    ask(world, workspace, "/events/count")
    page = ask(world, workspace, "/tail", after=before, wait_s=5)
    assert [event["outcome"] for event in page["events"]] == ["stored", "duplicate", "quarantined"]
    assert page["events"][0]["stages"]["deduplicate"] == "new"
    assert "no_event_name" in page["events"][2]["stages"]["clean"]
    assert page["next"] > before


def test_the_metrics_tell_lag_loss_and_the_accounts(world: ApiWorld) -> None:
    answer = httpx.get(
        f"{world.url}/metrics", headers={"Authorization": f"Bearer {world.owner}"}, trust_env=False, timeout=60
    )
    figures = dict(line.split(" ") for line in answer.text.splitlines() if not line.startswith("#"))
    assert float(figures["zuji_lost_events"]) == 0
    assert float(figures["zuji_events_accepted"]) >= float(figures["zuji_events_stored"])


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01", "12", "2026-01-05T25:00:00Z"])
def test_a_time_that_is_none_is_refused_with_an_example(world: ApiWorld, workspace: str, moment: str) -> None:
    with world.client(workspace=workspace) as owner:
        answer = owner.get("/events/count", params={"from": moment})
    assert answer.status_code == 422
    assert "from must be a time such as 2026-11-21" in answer.json()["message"]
