"""Page, device, app and address of an event, from wherever a client puts them."""

from __future__ import annotations

from typing import Any

import pytest
from clean_builders import a_message, a_receipt, clean_one
from hypothesis import given, settings
from hypothesis import strategies as st

from zuji.clean.context import NO_CONTEXT, Campaign, Device, Page, Versioned, context_of
from zuji.clean.pages import address_of
from zuji.clean.user_agents import user_agent_of

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
TABLET = "Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)


def part(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://Shop.CN/a/b?x=1#y", "shop.cn", "/a/b"),
        ("https://shop.cn:443/", "shop.cn", "/"),
        ("http://shop.cn:80", "shop.cn", "/"),
        ("http://shop.cn:8080/a", "shop.cn:8080", "/a"),
        ("https://用户@茶.中国/茶", "茶.中国", "/茶"),
        ("/a/b?utm_source=x", "", "/a/b"),
        ("pages/index/index", "", "pages/index/index"),
        ("app://home", "home", "/"),
        ("http://[broken", "", ""),
        ("http://shop.cn:99999/", "", ""),
        ("", "", ""),
    ],
)
def test_a_url_is_taken_apart(url: str, host: str, path: str) -> None:
    assert address_of(url)[:2] == (host, path)


@settings(deadline=None)
@given(st.text() | st.text(alphabet="htps:/?#[]@&=%utm_source0123456789.", max_size=60))
def test_no_url_makes_taking_it_apart_fail(url: str) -> None:
    address = address_of(url)
    assert len(address.utm) == 5
    assert all(isinstance(text, str) for text in (address.host, address.path, *address.utm))


def test_the_campaign_of_the_context_beats_the_one_of_the_url() -> None:
    context = {
        "page": {"url": "https://shop.cn/?utm_source=url&utm_medium=cpc", "title": "茶", "referrer": "https://A.cn/x"},
        "campaign": {"source": "letter", "name": "spring"},
    }
    row = clean_one(a_message(context=context))
    assert part(row, "utm_source", "utm_medium", "utm_campaign") == ("letter", "cpc", "spring")
    assert part(row, "page_title", "referrer_host", "url_host", "url_path") == ("茶", "a.cn", "shop.cn", "/")


def test_a_page_of_posthog_lands_in_the_same_columns() -> None:
    properties = {
        "$current_url": "https://shop.cn/tea?utm_source=x", "$host": "shop.cn", "$pathname": "/tea", "title": "Tea",
        "$referrer": "$direct", "$raw_user_agent": IPHONE, "$os": "iOS", "$device_type": "Mobile",
        "$browser": "Mobile Safari", "$browser_version": 18.1, "$lib": "web", "$ip": "198.51.100.7",
    }  # fmt: skip
    message = a_message(type="page", event="$pageview", properties=properties)
    row = clean_one(message, receipt=a_receipt(protocol="posthog"))
    assert part(row, "url_host", "url_path", "page_title", "referrer", "utm_source") == (
        "shop.cn",
        "/tea",
        "Tea",
        "",
        "x",
    )
    assert part(row, "os", "os_version", "browser", "browser_version") == ("iOS", "", "Mobile Safari", "18.1")
    assert part(row, "device_type", "device_model", "ip") == ("mobile", "iPhone", "198.51.100.7")


def test_a_page_of_sensors_lands_in_the_same_columns() -> None:
    properties = {
        "$url": "https://shop.cn/tea", "$title": "茶", "$referrer": "https://www.baidu.com/", "$user_agent": CHROME,
        "$os": "Windows", "$os_version": "10", "$app_version": "3.1", "$utm_source": "wx", "$model": "PC",
    }  # fmt: skip
    row = clean_one(a_message(properties=properties), receipt=a_receipt(protocol="sensors"))
    assert part(row, "url", "page_title", "referrer_host", "utm_source") == (
        "https://shop.cn/tea", "茶", "www.baidu.com", "wx",
    )  # fmt: skip
    assert part(row, "os", "os_version", "app_version", "device_model", "browser") == (
        "Windows", "10", "3.1", "PC", "Chrome",
    )  # fmt: skip


def test_a_product_called_title_is_no_page_title_on_a_track() -> None:
    properties = {"title": "龙井", "url": "https://shop.cn/p.jpg"}
    assert part(clean_one(a_message(properties=properties)), "page_title", "url") == ("", "")
    page = clean_one(a_message(type="page", properties=properties))
    assert part(page, "page_title", "url") == ("龙井", "https://shop.cn/p.jpg")


def test_what_a_client_says_of_its_device_beats_its_user_agent() -> None:
    context = {
        "userAgent": IPHONE, "device": {"type": "tablet", "model": "iPad14,1"},
        "os": {"name": "iPadOS", "version": "18.2"},
        "app": {"name": "Shop", "version": "3.1.2"}, "library": {"name": "ios", "version": "4"}, "locale": "zh-CN",
    }  # fmt: skip
    row = clean_one(a_message(context=context))
    assert part(row, "device_type", "device_model", "os", "os_version") == ("tablet", "iPad14,1", "iPadOS", "18.2")
    assert part(row, "app_name", "app_version", "library", "library_version", "locale") == (
        "Shop", "3.1.2", "ios", "4", "zh-CN",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("agent", "kind", "os", "browser"),
    [
        (CHROME, "desktop", "Windows", "Chrome"),
        (IPHONE, "mobile", "iOS", "Mobile Safari"),
        (IPHONE.replace("iPhone;", "iPad;").replace("iPhone OS", "OS"), "tablet", "iOS", "Mobile Safari"),
        (TABLET, "tablet", "Android", "Chrome"),
        ("Dalvik/2.1.0 (Linux; U; Android 13; Pixel 7)", "mobile", "Android", "Android"),
        ("Mozilla/5.0 (PlayStation 5 3.11) AppleWebKit/605.1.15 (KHTML, like Gecko)", "console", "", "Apple Mail"),
        ("Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36", "tv", "Tizen", ""),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot", "", "Googlebot"),
        ("something else", "other", "", ""),
        ("", "", "", ""),
    ],
)  # fmt: skip
def test_a_user_agent_gives_away_the_device(agent: str, kind: str, os: str, browser: str) -> None:
    read = user_agent_of(agent)
    assert (read.device_type, read.os, read.browser) == (kind, os, browser)


def test_the_address_and_header_of_a_request_are_the_persons_only_when_a_browser_sent_it() -> None:
    browser = a_receipt(ip="203.0.113.9", user_agent=CHROME, from_browser=True)
    server = a_receipt(ip="203.0.113.9", user_agent="python-requests/2.32")
    assert part(clean_one(a_message(), receipt=browser), "ip", "browser") == ("203.0.113.9", "Chrome")
    assert part(clean_one(a_message(), receipt=server), "ip", "user_agent", "flags") == ("", "", 0)
    assert clean_one(a_message(context={"direct": True}), receipt=server)["ip"] == "203.0.113.9"
    assert clean_one(a_message(context={"ip": "198.51.100.1"}), receipt=browser)["ip"] == "198.51.100.1"


def test_a_context_of_odd_types_gives_what_makes_sense() -> None:
    text = (
        '{"page": "home", "os": {"name": "iOS", "version": 18}, "app": {"name": ["x"], "version": 3.0},'
        ' "locale": 7, "device": {"id": 12, "model": null}, "campaign": {"source": "x"}, "userAgent": {},'
        ' "traits": {"a": [1, {"b": 2}]}, "direct": "yes"}'
    )
    context = context_of(text)
    assert context is not None
    assert (context.page, context.os, context.app) == (None, Versioned("iOS", "18"), Versioned(None, "3"))
    assert (context.locale, context.device, context.campaign) == ("7", Device(id="12"), Campaign(source="x"))
    assert (context.user_agent, context.direct) == (None, None)
    assert bytes(context.traits) == b'{"a":[1,{"b":2}]}'


def test_a_usual_context_is_read_as_it_is() -> None:
    assert context_of('{"page": {"url": "https://a.cn", "search": "?x"}, "screen": {"width": 3}}').page == Page(
        "https://a.cn"
    )  # type: ignore[union-attr]
    assert context_of("null") is NO_CONTEXT
    assert context_of("[]") is None
    assert context_of("{") is None


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_contexts = st.dictionaries(
    st.sampled_from(["page", "os", "app", "device", "campaign", "consent", "purposes", "traits", "direct", "ip", "x"]),
    _json | st.dictionaries(st.sampled_from(["name", "version", "url", "id", "type", "categoryPreferences"]), _json),
)


@settings(max_examples=50, deadline=None)
@given(_contexts)
def test_any_object_can_be_read_as_a_context(parts: dict[str, Any]) -> None:
    row = clean_one(a_message(context=parts))
    assert isinstance(row["purposes"], list)
