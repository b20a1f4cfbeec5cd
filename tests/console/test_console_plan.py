"""The tracking plan in the console: what arrives is seen and taken over, and what differs is shown with an example."""

from __future__ import annotations

from typing import Any

import pytest
from console_world import LANGUAGES, Office, signed_in, until

pytestmark = pytest.mark.browser
SAID = {
    "en": {"accept": "Accept into the plan", "open": "Open", "again": "Accept as it arrives now", "fits": "as planned"},
    "zh": {"accept": "纳入方案", "open": "查看", "again": "按当前上报更新方案", "fits": "符合方案"},
}
DIFFERS = {"en": "planned as number, came as text in 50% of the samples", "zh": "约定为数值，抽样中 50% 为文本"}


def planned(office: Office, event: str) -> Any:
    """What the plan says of an event."""
    with office.api() as api:
        document = api.get("/policies/plan").raise_for_status().json()["document"]
    return document.get("events", {}).get(event)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_event_is_accepted_as_it_arrives_and_shown_with_an_example_when_it_differs(
    browser: Any, office: Office, language: str
) -> None:
    said, event = SAID[language], f"Plan Sold {language}"
    office.track(event, f"plan-{language}", price=9.5)
    office.wait_stored()
    with signed_in(browser, office, "/data/plan", language=language) as page:
        row = page.get_by_role("row").filter(has_text=event)
        row.get_by_role("button", name=said["accept"], exact=True).click()
        row.get_by_text(said["fits"], exact=True).wait_for()
        assert planned(office, event)["properties"]["price"]["type"] == "number"
        office.track(event, f"plan-{language}", price="dear")
        office.wait_stored()
        until(lambda: kinds_of_price(office, event) == {"number", "text"})
        page.reload()
        row.get_by_role("button", name=f"{said['open']} {event}", exact=True).click()
        problem = page.get_by_role("dialog").locator(".plan-problems li")
        problem.filter(has_text=DIFFERS[language]).filter(has_text='"dear"').wait_for()
        page.get_by_role("dialog").get_by_role("button", name=said["again"], exact=True).click()
        until(lambda: planned(office, event)["properties"]["price"]["type"] == "any")


def kinds_of_price(office: Office, event: str) -> set[str]:
    """The types of prices that were learnt."""
    with office.api(fresh="true") as api:
        [told] = api.get("/plan", params={"event": event}).raise_for_status().json()["events"]
    return {kind for one in told["properties"] if one["name"] == "price" for kind in one["types"]}
