"""Links that name their workspace: they open there, follow a switch by hand, and say so where somebody may not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
from console_world import LANGUAGES, PASSWORD, Office, go, open_page, signed_in, until

from servers import RunningServer

pytestmark = pytest.mark.browser
DEED = "Shared Link Opened"
SAID = {
    "en": {"other": "This link is of another workspace", "open": "Open it in Berlin shop", "boards": "Dashboards"},
    "zh": {"other": "此链接属于另一个工作区", "open": "在Berlin shop中打开", "boards": "看板"},
}


@pytest.fixture(scope="module")
def shops(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, str]]:
    """A server with two workspaces, and the id of the second: elsewhere one is enough, and a second would be seen."""
    assert built.is_dir()
    with RunningServer(tmp_path_factory.mktemp("shops") / "data") as running:
        office = Office(running)
        office.track(DEED, "link-1")
        office.wait_stored()
        with office.api() as api:
            made = api.post("/workspaces", json={"name": "Berlin shop"}).raise_for_status().json()
        yield office, made["id"]


def link(workspace: str) -> str:
    question = json.dumps({"series": [{"event": DEED}]})
    return "/ask?" + urlencode({"kind": "trend", "q": question, "workspace": workspace})


def named_in(page: Any) -> str:
    """The workspace that the address names."""
    return parse_qs(page.url.partition("?")[2]).get("workspace", [""])[0]


def chosen(page: Any) -> str:
    return str(page.locator("header .ant-select").inner_text())


def guest(office: Office, workspace: str) -> dict[str, str]:
    """A cookie of somebody who may look at one workspace alone."""
    with office.api() as api:
        asked = {"role": "viewer", "workspace": workspace}
        code = api.post("/users/invitations", json=asked).raise_for_status().json()["path"].split("code=")[1]
    with httpx.Client(trust_env=False, timeout=60) as client:
        told = {"code": code, "login": office.new_login(), "name": "Guest", "password": PASSWORD}
        client.post(f"{office.server.url}/api/v1/session/welcome", json=told).raise_for_status()
        return {"name": "zuji_session", "value": client.cookies["zuji_session"], "url": office.server.url}


def test_a_link_opens_in_its_workspace_whichever_was_open_and_a_switch_by_hand_is_in_the_address(
    browser: Any, shops: tuple[Office, str]
) -> None:
    office, berlin = shops
    with signed_in(browser, office, link(berlin)) as page:
        until(lambda: "Berlin shop" in chosen(page))
        page.locator("[data-answered=trend]").wait_for()
        assert page.locator("button.cell", has_text="1").count() == 0  # the deed was done elsewhere
        go(page, office, link("default"))
        until(lambda: "default" in chosen(page))
        page.locator("[data-answered=trend] button.cell", has_text="1").first.wait_for()
        page.locator("header .ant-select").click()
        page.locator(".ant-select-item-option", has_text="Berlin shop").click()
        until(lambda: "Berlin shop" in chosen(page) and named_in(page) == berlin)
        page.reload()
        page.locator("[data-answered=trend]").wait_for()
        assert (named_in(page), "Berlin shop" in chosen(page)) == (berlin, True)


@pytest.mark.parametrize("place", ["/ask", "/dashboards"])
def test_an_address_without_a_workspace_names_the_one_that_is_open(
    browser: Any, shops: tuple[Office, str], place: str
) -> None:
    office, _ = shops
    with signed_in(browser, office, place) as page:
        until(lambda: named_in(page) == "default")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", [link("default"), "/dashboards?workspace=default"])
def test_a_link_to_a_workspace_that_one_may_not_open_says_so_and_shows_no_other_numbers(
    browser: Any, shops: tuple[Office, str], language: str, place: str
) -> None:
    office, berlin = shops
    said, asked = SAID[language], []
    with open_page(browser, office, language=language) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.context.add_cookies([guest(office, berlin)])
        page.goto(f"{office.address}#{place}")
        page.get_by_role("heading", name=said["other"]).wait_for()
        assert [url for url in asked if "/questions/run" in url or "/api/v1/dashboards" in url] == []
        page.get_by_role("alert").get_by_role("button", name=said["open"]).click()
        page.locator("main h1").wait_for()
        until(lambda: named_in(page) == berlin)
