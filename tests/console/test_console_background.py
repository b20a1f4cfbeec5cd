"""What takes long is not lost: a question in the background is found again from every page and after a reload."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from console_world import LANGUAGES, Office, go, settled, signed_in

pytestmark = pytest.mark.browser
SAID = {
    "en": {"background": "Go on in the background", "some": "1 in the background", "done": "the answer is there"}
    | {"show": "Show", "stop": "Stop", "stopped": "stopped", "dismiss": "Dismiss"},
    "zh": {"background": "转到后台", "some": "后台 1 项", "done": "已有答案"}
    | {"show": "查看", "stop": "停止", "stopped": "已停止", "dismiss": "移除"},
}
LONG = {"series": [{"event": "Kept Waiting", "math": "p90", "property": "n"}] * 26, "interval": "minute"}
LONG |= {"date_from": "-5d", "breakdown": {"property": "n", "limit": 2}}
"""Near the most figures that one question may have: it takes the engine seconds, whatever is stored."""


def ask(page: Any, office: Office, question: dict[str, Any]) -> None:
    """Open a question. What it waits for is not awaited: the answer does not come soon."""
    page.goto(f"{office.address}#/ask?{urlencode({'kind': 'trend', 'q': json.dumps(question)})}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_in_the_background_is_found_after_leaving_and_loading_the_page_anew(
    browser: Any, office: Office, language: str
) -> None:
    said = SAID[language]
    office.track("Kept Waiting", "background-one", n=1)
    office.wait_stored()
    question = {"series": [{"event": "Kept Waiting"}], "date_from": "-2d"}
    with signed_in(browser, office, "/people", language=language) as page:
        held: list[Any] = []

        def hold(route: Any) -> None:
            if "Kept Waiting" in (route.request.post_data or ""):
                held.append(route)
            else:
                route.continue_()

        page.route("**/questions/run*", hold)  # a line so slow that no answer comes
        ask(page, office, question)
        page.get_by_role("button", name=said["background"]).click()
        page.wait_for_selector("[data-answered=trend]")
        page.get_by_role("button", name=said["some"]).wait_for(state="detached")  # it is seen here
        begun_again(page, office, said, question)
        page.reload()
        settled(page)
        page.get_by_role("button", name=said["some"]).click()
        page.get_by_text(said["done"]).wait_for()
        asked = len(held)
        page.get_by_role("link", name=said["show"]).click()
        page.wait_for_selector("[data-answered=trend]")
        assert len(held) == asked  # the answer of the background was shown, nothing was asked once more


def begun_again(page: Any, office: Office, said: dict[str, str], question: dict[str, Any]) -> None:
    """Another day of the same question goes to the background, and the page is left before its answer is looked at."""
    page.route("**/questions/jobs/*", lambda route: None)  # no answer is looked at here
    go(page, office, "/people")
    ask(page, office, {**question, "date_from": "-3d"})
    page.get_by_role("button", name=said["background"]).click()
    page.get_by_role("button", name=said["some"]).wait_for()
    go(page, office, "/people")
    page.unroute("**/questions/jobs/*")


def test_a_question_in_the_background_is_stopped_from_another_page(browser: Any, office: Office) -> None:
    said = SAID["en"]
    office.track("Kept Waiting", "background-two", n=2)
    office.wait_stored()
    with signed_in(browser, office, "/people") as page:
        ask(page, office, LONG)
        page.get_by_role("button", name=said["background"]).click()
        page.get_by_role("link", name="People", exact=True).click()
        page.get_by_role("button", name=said["some"]).click()
        page.locator(".background").get_by_role("button", name=said["stop"]).click()
        page.locator(".background").get_by_text(said["stopped"]).wait_for()
        page.locator(".background").get_by_role("button", name=said["dismiss"]).click()
        page.get_by_role("button", name=said["some"]).wait_for(state="detached")


def kept(page: Any) -> str:
    """What this browser keeps of questions in the background."""
    return str(page.evaluate("localStorage.getItem('zuji.background') || ''"))


def in_background(page: Any, office: Office, said: dict[str, str]) -> str:
    """A question goes to the background and the page is left; what the browser then keeps."""
    ask(page, office, LONG)
    page.get_by_role("button", name=said["background"]).click()
    page.get_by_role("button", name=said["some"]).wait_for()
    go(page, office, "/people")
    return kept(page)


def test_what_somebody_left_in_the_background_is_forgotten_when_they_sign_out(browser: Any, office: Office) -> None:
    with signed_in(browser, office, "/people") as page:
        assert "Kept Waiting" in in_background(page, office, SAID["en"])
        page.get_by_role("button", name="Account").click()
        page.get_by_text("Sign out").click()
        page.get_by_label("Password").wait_for()
        assert "Kept Waiting" not in kept(page)


def test_what_somebody_left_in_the_background_is_no_other_persons_and_ends_with_their_session(
    browser: Any, office: Office
) -> None:
    some = SAID["en"]["some"]
    with signed_in(browser, office, "/people") as page:
        left = in_background(page, office, SAID["en"])
        assert "Kept Waiting" in left
        page.context.clear_cookies()  # the session is over, as far as the server knows
        page.get_by_label("Password").wait_for()
        assert "Kept Waiting" not in kept(page)
        page.context.add_cookies([office.somebody()])
        page.evaluate("left => localStorage.setItem('zuji.background', left)", left)  # as if nothing had been cleared
        page.reload()
        settled(page)
        page.get_by_role("button", name="Account").wait_for()
        assert page.get_by_role("button", name=some).count() == 0
