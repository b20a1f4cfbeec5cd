"""The quality index in the console: the number, its dimensions, the causes in words, and rows that people judge."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from console_world import LANGUAGES, Office, go, signed_in, until

pytestmark = pytest.mark.browser
SAID = {"en": ("Quality index", "no usable time"), "zh": ("质量指数", "没有可用时间")}
JUDGE = "/data/quality?view=judge"
CARD = {
    "en": {
        "ask": "Is what arrived right?", "wrong": "Wrong", "note": "Note", "undo": "Undo the last", "next": "Next row",
        "forbidden": "Your role does not include judging", "empty": "There is no row to judge yet",
    },
    "zh": {
        "ask": "到达的内容正确吗？", "wrong": "有误", "note": "备注", "undo": "撤销上一个", "next": "下一行",
        "forbidden": "您的角色没有核对权限", "empty": "还没有可核对的行",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_with_an_event_is_told_as_a_cause(browser: Any, office: Office, language: str) -> None:
    index, cause = SAID[language]
    event = {"type": "track", "event": f"Quality Timeless {language}", "userId": "quality-1"}
    with httpx.Client(
        base_url=office.server.url, auth=(office.server.write_key, ""), trust_env=False, timeout=60
    ) as gateway:
        gateway.post("/v1/batch", json={"batch": [event]}).raise_for_status()
    until(lambda: [one for one in causes(office) if one["event"] == event["event"]])
    with signed_in(browser, office, "/data/quality", language=language) as page:
        page.get_by_text(index, exact=True).wait_for()
        page.get_by_role("row").filter(has_text=event["event"]).filter(has_text=cause).wait_for()


def causes(office: Office) -> list[dict[str, Any]]:
    """Why the index is not 100, as the API tells it."""
    with office.api(fresh="true", limit="1000") as api:
        found: list[dict[str, Any]] = api.get("/quality").raise_for_status().json()["causes"]
    return found


@pytest.mark.parametrize(("language", "width"), [("en", 1360), ("zh", 390)])
def test_a_row_is_judged_by_key_and_by_button_with_a_note_and_the_last_word_is_taken_back(
    browser: Any, office: Office, language: str, width: int
) -> None:
    said, event = CARD[language], f"Quality Judged {language}"
    for number in range(6):
        office.track(event, f"judged-{number}", price=number)
    office.wait_stored()
    before = verdicts(office)
    with signed_in(browser, office, JUDGE, language=language, viewport={"width": width, "height": 844}) as page:
        page.get_by_role("heading", name=said["ask"]).wait_for()
        page.keyboard.press("1")
        [by_key] = until(lambda: new_verdicts(office, before))
        assert by_key["verdict"] == "right"
        page.get_by_label(said["note"]).fill("123 jkl z")  # typed, so no key of these judges anything
        page.get_by_role("button", name=said["wrong"]).click()
        by_button = until(lambda: [one for one in new_verdicts(office, before) if one["verdict"] == "wrong"])
        assert [one["note"] for one in by_button] == ["123 jkl z"]
        page.get_by_role("button", name=said["undo"]).click()
        until(lambda: new_verdicts(office, before) == [by_key])
        page.locator('[aria-pressed="true"]').wait_for(state="detached")
        page.get_by_role("button", name=said["next"]).press("z")
        until(lambda: new_verdicts(office, before) == [])


def test_what_a_colleague_had_said_is_said_again_when_the_last_word_is_taken_back(browser: Any, office: Office) -> None:
    for number in range(3):
        office.track("Quality Colleague", f"colleague-{number}", price=number)
    office.wait_stored()
    with signed_in(browser, office, "/data/quality", language="en") as page:
        with page.expect_response("**/api/v1/quality/sample**") as drawn:
            go(page, office, JUDGE)
        first = drawn.value.json()["events"][0]
        named = {name: first[name] for name in ("source", "event_id")}
        before = {
            **named,
            "stratum": first["stratum"],
            "verdict": "unsure",
            "note": "ask the till",
            "fields": ["price"],
        }
        with office.api() as api:
            api.post("/quality/verdicts", json=before).raise_for_status()
        page.reload()
        page.get_by_role("heading", name=CARD["en"]["ask"]).wait_for()
        for _ in range(30):  # the card begins at the first row without a verdict
            page.keyboard.press("ArrowLeft")
        page.locator('[aria-pressed="true"]').wait_for()
        page.keyboard.press("2")
        until(lambda: [one["verdict"] for one in of_event(office, first["event_id"])] == ["wrong"])
        page.get_by_role("button", name=CARD["en"]["undo"]).press("z")
        [told] = until(lambda: [one for one in of_event(office, first["event_id"]) if one["verdict"] != "wrong"])
        with office.api() as api:
            api.delete("/quality/verdicts", params=named).raise_for_status()
    assert (told["verdict"], told["note"], told["fields"]) == ("unsure", "ask the till", ["price"])


def test_a_word_that_is_taken_back_at_once_does_not_arrive_before_it_was_given(browser: Any, office: Office) -> None:
    for number in range(3):
        office.track("Quality Hasty", f"hasty-{number}", price=number)
    office.wait_stored()
    before = verdicts(office)
    held: list[Any] = []
    with signed_in(browser, office, JUDGE, language="en") as page:
        page.get_by_role("heading", name=CARD["en"]["ask"]).wait_for()
        page.route(
            "**/api/v1/quality/verdicts**",
            lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
        )
        page.keyboard.press("1")
        page.keyboard.press("z")
        page.get_by_role("button", name=CARD["en"]["undo"], disabled=True).wait_for()
        until(lambda: page.evaluate("1") and held)
        with page.expect_response(lambda answer: answer.request.method == "DELETE") as deleted:
            for route in held:
                route.continue_()
        assert deleted.value.status == 204
    assert new_verdicts(office, before) == []


def of_event(office: Office, event_id: str) -> list[dict[str, Any]]:
    return [one for one in verdicts(office) if one["event_id"] == event_id]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_may_not_judge_is_told_so_and_an_empty_and_a_failed_sample_have_words(
    browser: Any, office: Office, language: str
) -> None:
    said = CARD[language]
    with signed_in(browser, office, JUDGE, role="viewer", language=language) as page:
        page.get_by_text(said["forbidden"]).wait_for()
    with signed_in(browser, office, "/data/quality", language=language) as page:
        page.route("**/api/v1/quality/sample**", lambda route: route.fulfill(json={"seed": 1, "events": []}))
        go(page, office, JUDGE)
        page.get_by_text(said["empty"]).wait_for()
        page.unroute("**/api/v1/quality/sample**")
        page.route("**/api/v1/quality/sample**", lambda route: route.fulfill(status=422, json={"message": "no"}))
        page.reload()
        page.get_by_role("alert").get_by_role("button").wait_for()


def verdicts(office: Office) -> list[dict[str, Any]]:
    """What was said of events, as the API tells it."""
    with office.api(fresh="true") as api:
        found: list[dict[str, Any]] = api.get("/quality/verdicts").raise_for_status().json()["verdicts"]
    return found


def new_verdicts(office: Office, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was said since."""
    return [one for one in verdicts(office) if one not in before]
