"""`zuji user`, and the link of the first start, against a real server and through its gateway."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from servers import RunningServer, zuji, zuji_json

LINK = re.compile(r"(http://\S+)/console/#/welcome\?code=(zc_[\w-]+)(&login=\S+)?")
PASSWORD = "four and twenty"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One running server under a base path for the tests of this module."""
    data = tmp_path_factory.mktemp("users") / "data"
    data.mkdir()
    (data / "zuji.toml").write_text('base_path = "/cdp"\n', encoding="utf-8")
    running = RunningServer(data)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def follow(link: str, **given: str) -> httpx.Response:
    """Follow a link as the console does: the address before the hash, the code behind it."""
    found = LINK.fullmatch(link)
    assert found is not None, link
    body = {"code": found[2], "password": PASSWORD, **given}
    return httpx.post(f"{found[1]}/api/v1/session/welcome", json=body, trust_env=False, timeout=60)


def log_of(server: RunningServer) -> str:
    return (server.data.parent / f"{server.data.name}.log").read_text(errors="replace")


def test_the_first_start_prints_a_link_in_both_languages_that_makes_its_follower_the_owner(
    server: RunningServer,
) -> None:
    printed = log_of(server)
    assert "Open this link to become the owner" in printed
    assert "打开此链接成为所有者" in printed
    [found] = LINK.finditer(printed)
    assert found[1] == f"{server.url}/cdp"
    come = follow(found[0], login="first@shop.cn", name="First", language="zh")
    assert (come.status_code, come.json()["role"]) == (200, "owner")
    assert "Path=/cdp" in come.headers["set-cookie"]
    told = httpx.get(f"{server.url}/cdp/api/v1/session", cookies=dict(come.cookies), trust_env=False, timeout=60)
    assert told.json() == come.json()
    assert follow(found[0], login="second@shop.cn", name="Second").status_code == 404
    assert found[2] not in log_of(server).replace(found[0], "")


def on(server: RunningServer, *arguments: str) -> tuple[str, ...]:
    return (*arguments, "--data", str(server.data))


def invited(server: RunningServer, login: str) -> dict[str, Any]:
    made = zuji_json(*on(server, "user", "invite", "--role", "viewer", "--workspace", "default"))
    told: dict[str, Any] = follow(made["link"], login=login, name="Somebody").json()
    return told


def test_somebody_is_invited_listed_given_a_new_password_and_locked_out(server: RunningServer) -> None:
    invited(server, "lin@shop.cn")
    listed = zuji(*on(server, "user", "list")).stdout
    assert re.search(r"lin@shop\.cn\s.*viewer in default\s.*active", listed)
    link = zuji_json(*on(server, "user", "reset-password", "Lin@Shop.cn"))["link"]
    assert link.endswith("&login=lin%40shop.cn")
    assert follow(link, password="five and twenty").json()["user"]["login"] == "lin@shop.cn"
    signing = {"login": "lin@shop.cn", "password": "five and twenty"}
    assert httpx.post(f"{server.url}/cdp/api/v1/session", json=signing, trust_env=False, timeout=60).status_code == 200
    assert "may not sign in" in zuji(*on(server, "user", "disable", "lin@shop.cn")).stdout
    assert httpx.post(f"{server.url}/cdp/api/v1/session", json=signing, trust_env=False, timeout=60).status_code == 401
    unknown = zuji(*on(server, "user", "disable", "nobody"))
    assert (unknown.returncode, "nobody signs in as 'nobody'" in unknown.stderr) == (1, True)


def test_a_link_of_an_owner_is_made_without_a_server_and_each_start_says_how_while_nobody_signs_in(
    tmp_path: Path,
) -> None:
    shown = zuji("user", "invite", "--role", "owner", "--data", str(tmp_path / "data")).stdout
    found = re.search(r"link\s+(/console/#/welcome\?code=zc_\S+)", shown)
    assert found is not None
    assert "仅可使用一次" in shown
    server = RunningServer(tmp_path / "data")
    server.start()
    try:
        assert "zuji user invite --role owner" in log_of(server)
        assert "zc_" not in log_of(server)
        assert follow(server.url + found[1], login="first", name="First").json()["role"] == "owner"
    finally:
        server.stop()
