"""The quality index in the console: the number, its dimensions, and the causes in words."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from console_world import LANGUAGES, Office, signed_in, until

pytestmark = pytest.mark.browser
SAID = {"en": ("Quality index", "no usable time"), "zh": ("质量指数", "没有可用时间")}


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
