"""Below a base path the console works whole: files, API, cookie and links stay below it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from console_world import PASSWORD, Office, open_page, settled

from servers import RunningServer

pytestmark = pytest.mark.browser
BASE = "/cdp"


@pytest.fixture
def below(built: Path, tmp_path: Path) -> Iterator[Office]:
    """An office of its own, whose gateway is told that it stands below a path."""
    data = tmp_path / "below"
    data.mkdir()
    (data / "zuji.toml").write_text(f'base_path = "{BASE}"\n', encoding="utf-8")
    with RunningServer(data) as running:
        yield Office(running)


def test_the_console_works_below_a_base_path_and_asks_for_nothing_beside_it(browser: Any, below: Office) -> None:
    home = f"{below.server.url}{BASE}"
    with open_page(browser, below) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(urlsplit(request.url).path))
        page.goto(f"{home}/console")  # without its slash: the way to the page keeps the base path
        page.wait_for_selector("#password")
        page.goto(f"{home}/console/#/welcome?code={below.invitation().split('code=')[1]}")
        page.reload()
        page.fill("#name", "Ada")
        page.fill("#login", below.new_login())
        page.fill("#password", PASSWORD)
        page.click("button[type=submit]")
        page.get_by_role("link", name="Live", exact=True).click()
        page.locator("pre, code").filter(has_text=f"{home}/sdk/zuji.js").first.wait_for()
        body = {"event": "Below Seen", "userId": "below-1", "properties": {}}
        sent = httpx.post(f"{home}/v1/track", auth=(below.server.write_key, ""), json=body, trust_env=False, timeout=60)
        sent.raise_for_status()
        page.locator(".trace").filter(has_text="Below Seen").get_by_role("link").click()
        page.get_by_role("heading", name="below-1", exact=True).wait_for()
        page.reload()
        settled(page)
        page.get_by_role("heading", name="below-1", exact=True).wait_for()
        assert [cookie["path"] for cookie in page.context.cookies()] == [BASE]
    assert len(asked) > 10
    assert [path for path in asked if not path.startswith(f"{BASE}/")] == []
