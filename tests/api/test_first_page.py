"""What a browser gets at the address that `serve` prints."""

from __future__ import annotations

import base64
import hashlib
import re

import httpx
import pytest
from api_world import ApiWorld

from zuji.api.first_page import Address, first_page


def page_of(world: ApiWorld, **headers: str) -> httpx.Response:
    return httpx.get(f"{world.url}/", headers=headers, trust_env=False, timeout=60)


def test_anybody_gets_a_page_in_both_languages_that_says_zuji_is_running(world: ApiWorld) -> None:
    page = page_of(world)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for words in ("running", "运行中", "Send a first event", "发送第一个事件"):
        assert words in page.text


def test_the_command_to_copy_names_the_address_the_reader_used(world: ApiWorld) -> None:
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "zuji.shop.cn:8443", "X-Forwarded-Prefix": "/cdp"}
    page = page_of(world, **told)
    assert "curl https://zuji.shop.cn:8443/cdp/v1/track" in page.text
    links = ["/cdp/console/", "/cdp/api/v1/docs", "/cdp/health", "/cdp/api/v1/openapi.json"]
    assert re.findall(r'(?:src|href)="([^"]*)"', page.text) == links


def test_the_page_is_allowed_its_own_style_and_nothing_else(world: ApiWorld) -> None:
    page = page_of(world)
    [style] = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src ")
    assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "<script" not in page.text
    assert " style=" not in page.text


@pytest.mark.parametrize("host", ['"><script>alert(1)</script>', "a b", "$(reboot)", "x;reboot", "`id`", "a'b", ""])
def test_a_host_that_is_none_stays_out_of_the_page_and_its_commands(host: str) -> None:
    page = first_page(Address.told("http", host, ""))
    assert page == first_page(Address("http", "127.0.0.1:8642"))


@pytest.mark.parametrize("prefix", ["//evil.example", "/a/../..$(x)", '/"onclick="', "javascript:x"])
def test_a_prefix_that_is_none_stays_out_too(prefix: str) -> None:
    assert first_page(Address.told("http", "h", prefix)) == first_page(Address("http", "h"))


def test_the_root_of_the_server_takes_nothing(world: ApiWorld) -> None:
    assert httpx.post(f"{world.url}/", json={}, trust_env=False, timeout=60).status_code == 405
