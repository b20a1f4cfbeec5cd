"""The stage of the tests of Ask and Dashboards: a server with the small shop, and Chromium signed in to its console."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
from ask_world import shop_events

from servers import RunningServer, zuji_json

PATIENCE_MS = 60_000
"""Machines of tests are shared: a page that is slow today is not broken."""
PASSWORD = "tea-leaves-and-cups"


@dataclass(frozen=True)
class Stage:
    """The server, and a page of somebody who may do everything."""

    server: RunningServer
    page: Any

    def ask(self, kind: str, question: dict[str, Any]) -> dict[str, Any]:
        """What the API answers to a question."""
        asked: dict[str, Any] = self.post("questions/run", {"kind": kind, "question": question})["answer"]
        return asked

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """POST to the API with a token, apart from the page."""
        headers = {"Authorization": f"Bearer {self.server.token}"}
        answer = httpx.post(f"{self.server.url}/api/v1/{path}", json=body, headers=headers, timeout=120)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    def open(self, kind: str, question: dict[str, Any] | None = None, page: Any = None) -> Any:
        """Ask, with this kind and perhaps a whole question in the address."""
        held = {"kind": kind} | ({} if question is None else {"q": json.dumps(question)})
        shown = page or self.page
        shown.goto("about:blank")  # else only what is behind the # changes, and nothing is loaded anew
        shown.goto(f"{self.server.url}/console/#/ask?{urlencode(held)}")
        shown.get_by_role("radiogroup").wait_for()
        return shown

    def turn_to(self, kind: str) -> Any:
        """A blank question of this kind, chosen by hand; the page is loaded only when Ask is not open yet."""
        if "#/ask" not in self.page.url:
            self.open("trend")
        choice = self.page.get_by_role("radiogroup")
        for other in ("heat_map", kind) if kind != "heat_map" else ("trend", kind):  # so that it is blank again
            choice.locator("label", has=self.page.locator(f"input[value={other}]")).click()
        return self.page

    def figures(self, page: Any = None) -> dict[str, str]:
        """Every figure of the tables with people behind it: its cell as one sorted text, and what is written there."""
        found = (
            (page or self.page)
            .locator("button.cell")
            .evaluate_all("cells => cells.map(cell => [cell.dataset.cell, cell.textContent])")
        )
        return {cell_text(json.loads(cell)): text for cell, text in found}

    def held(self) -> tuple[str, dict[str, Any]]:
        """The question in the address."""
        found = parse_qs(self.page.url.partition("?")[2])
        return found["kind"][0], json.loads(found["q"][0])


def cell_text(cell: dict[str, Any]) -> str:
    """A cell as a key."""
    return json.dumps(cell, sort_keys=True, ensure_ascii=False)


@pytest.fixture(scope="module")
def stage(built: Path, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server of its own for a file of tests: its counts are nobody else's."""
    assert built.is_dir()
    with RunningServer(tmp_path_factory.mktemp("ask") / "data") as server:
        fill(server)
        context = browser.new_context(locale="en-GB", viewport={"width": 1300, "height": 1000})
        context.set_default_timeout(PATIENCE_MS)
        sign_in(context, server)
        yield Stage(server, context.new_page())
        context.close()


def fill(server: RunningServer) -> None:
    """Send the shop's month, and wait until all of it can be asked about."""
    events = shop_events(datetime.now(UTC))
    for start in range(0, len(events), 200):
        body = {"batch": events[start : start + 200]}
        answer = httpx.post(f"{server.url}/v1/batch", auth=(server.write_key, ""), json=body, timeout=60)
        assert answer.is_success, answer.text
    assert server.count() == len(events)


def sign_in(context: Any, server: RunningServer) -> None:
    """Become an owner by an invitation, as the first start prints one."""
    link = zuji_json("user", "invite", "--role", "owner", "--data", str(server.data))["link"]
    told = {"code": link.partition("code=")[2], "login": "ask@shop.cn", "name": "Ask", "password": PASSWORD}
    answer = context.request.post(f"{server.url}/api/v1/session/welcome", data={**told, "language": "en"})
    assert answer.ok, answer.text()
