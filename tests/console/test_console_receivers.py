"""Operate, Receivers: a webhook that fails is shown with its reason and next try, and as delivered when it is back."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from console_world import Office, signed_in

from servers import RunningServer

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
LIFE = {"kind": "lifecycle", "question": {"event": "Nothing Of The Kind", "date_from": "-7d"}}
ALWAYS = {"figure": {"status": "new", "figure": "last_complete_period"}, "condition": "above", "threshold": -1}
"""None are more than less than none: the alert fires at its first look."""


class Listener:
    """A receiver in the house that answers with a status of our choice."""

    status = 500
    url = ""


@contextmanager
def listening() -> Iterator[Listener]:
    here = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(here.status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        here.url = f"http://127.0.0.1:{web.server_port}/hook"
        yield here
        web.shutdown()


@pytest.fixture
def house(built: Path, tmp_path: Path) -> Iterator[Office]:
    """A zuji of its own that may call inside the house: alarms of other tests are not told here."""
    assert built.is_dir()
    data = tmp_path / "house"
    data.mkdir()
    (data / "zuji.toml").write_text('outbound_networks = ["127.0.0.0/8"]\n')
    with RunningServer(data) as running:
        yield Office(running)


def test_a_receiver_that_fails_says_why_and_is_shown_delivered_when_it_recovers(browser: Any, house: Office) -> None:
    with listening() as hook, signed_in(browser, house, "/operate/receivers", language="zh", theme="dark") as page:
        page.get_by_role("button", name="新增接收方").click()
        form = page.get_by_role("dialog")
        form.get_by_label("名称").fill("值班群")
        form.get_by_label("地址").fill(hook.url)
        form.get_by_role("button", name="新增接收方").click()
        form.get_by_text("只显示一次").wait_for()
        form.get_by_role("button", name=re.compile(r"完\s?成")).click()
        row = page.get_by_role("row").filter(has_text="值班群")
        watch(house)
        row.get_by_text("未送达").wait_for()
        row.get_by_text("对方返回状态 500").wait_for()
        row.get_by_text("重试").wait_for()
        page.wait_for_timeout(400)  # what moves into place has another contrast meanwhile
        assert faults(page) == []
        hook.status = 204
        row.get_by_text("启用", exact=True).wait_for()
        row.get_by_role("button", name="发送记录").click()
        sent = page.locator(".deliveries tbody tr")
        sent.filter(has_text="已送达").filter(has_text="告警“Always”触发").wait_for()
        hook.status = 400
        row.get_by_role("button", name="发送测试").click()
        page.get_by_text("未送达：对方返回状态 400").wait_for()
        sent.filter(has_text="测试").filter(has_text="对方返回状态 400").wait_for()
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def watch(house: Office) -> None:
    """An alert that fires."""
    with house.api() as api:
        saved = api.post("/questions/saved", json={"name": "watched", **LIFE}).raise_for_status().json()["id"]
        alert = {"name": "Always", "question": saved, "rule": ALWAYS, "schedule": {"unit": "minute"}}
        api.post("/alerts", json=alert).raise_for_status()


def faults(page: Any) -> list[str]:
    """What axe holds to be serious."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]
