"""Home's days are those of the workspace, wherever on earth its reader sits."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from console_world import Office, open_page, settled, until

pytestmark = pytest.mark.browser
WATCH = """
window.written = [];
const write = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
  window.written.push(text);
  return write.call(this, text, ...rest);
};
"""
WEEK = {"series": [{"event": None, "math": "unique_users"}], "date_from": "-7d", "date_to": "yesterday"}


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
def test_the_days_of_home_are_the_workspaces_in_the_first_and_the_last_zone(
    browser: Any, office: Office, zone: str
) -> None:
    office.track("Home Days Seen", "home-days-1")
    office.wait_stored()
    with open_page(browser, office, language="zh", timezone_id=zone) as page:
        page.context.add_init_script(WATCH)
        page.context.add_cookies([office.somebody()])
        page.goto(office.address)
        page.wait_for_selector("main .chart canvas")
        settled(page)
        with office.api(fresh="true") as api:
            answered = api.post("/questions/run", json={"kind": "trend", "question": WEEK}).raise_for_status().json()
        days = [date.fromisoformat(one["start"]) for one in answered["answer"]["periods"]]
        names = [f"{day.month}月{day.day}日" for day in days]
        until(lambda: {*page.evaluate("window.written")} >= {names[0], names[-1]})
        written = [text for text in page.evaluate("window.written") if "月" in text]
        assert [text for text in written if text not in names] == []
