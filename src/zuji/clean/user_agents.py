"""What a user agent gives away: device, system, browser, and whether it admits to being a robot."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from crawlerdetect import CrawlerDetect
from ua_parser import Parser, Result
from ua_parser.loaders import load_lazy_builtins
from ua_parser.regex import Resolver

REMEMBERED = 16_384

_DESKTOP = frozenset({"Windows", "Mac OS X", "Linux", "Chrome OS", "Ubuntu", "Fedora", "Debian", "FreeBSD", "OpenBSD"})
_MOBILE = frozenset({"iOS", "Android", "HarmonyOS", "OpenHarmony", "Windows Phone", "BlackBerry OS", "KaiOS"})
_TV = frozenset({"tvOS", "Chromecast", "Apple TV", "WebTV", "Roku", "webOS", "FireOS TV"})
_TV_WORDS = ("smart-tv", "smarttv", "googletv", "hbbtv", "appletv", "bravia", " tv ", "crkey")
_CONSOLE_WORDS = ("playstation", "xbox", "nintendo")
_HEADLESS_WORDS = ("headless", "phantomjs", "puppeteer", "playwright", "selenium", "slimerjs", "htmlunit")
_APP_LIBRARIES = ("okhttp/", "dart/", "alamofire/")
"""HTTP libraries that mobile apps speak through; lists of crawlers name them because scripts use them too."""
_TABLET_WORDS = ("ipad", "tablet", "kindle", "silk/", "pad ", "sm-t", "sm-x")


class UserAgent(NamedTuple):
    """What was read; empty where nothing was. `robot`: empty, or the reason to call it one."""

    device_type: str = ""
    device_model: str = ""
    os: str = ""
    os_version: str = ""
    browser: str = ""
    browser_version: str = ""
    robot: str = ""


NO_USER_AGENT = UserAgent()


def user_agent_of(text: str) -> UserAgent:
    """Read a user agent.

    >>> user_agent_of("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)").robot
    'robot:crawler'
    """
    return _read(text) if text else NO_USER_AGENT


def warm_up() -> None:
    """Build everything at leisure: the first user agent read would otherwise wait for it, half a second and more."""
    user_agent_of("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0")


@lru_cache(maxsize=1)
def _parser() -> Parser:
    """Built once: compiling 1,500 expressions takes half a second."""
    return Parser(Resolver(load_lazy_builtins()))


@lru_cache(maxsize=1)
def _crawlers() -> CrawlerDetect:
    return CrawlerDetect()


@lru_cache(maxsize=REMEMBERED)
def _read(text: str) -> UserAgent:
    found = _parser().parse(text)
    robot = _robot(text, found)
    system, browser, device = found.os, found.user_agent, found.device
    os = system.family if system and system.family != "Other" else ""
    return UserAgent(
        device_type="bot" if robot else _device_type(text.lower(), os),
        device_model=(device.model or "") if device and device.family != "Other" and not robot else "",
        os=os,
        os_version=_version(system.major, system.minor) if system else "",
        browser=browser.family if browser and browser.family != "Other" else "",
        browser_version=_version(browser.major, browser.minor) if browser else "",
        robot=robot,
    )


def _robot(text: str, found: Result) -> str:
    """Why this is a robot by its own words, if it is. Headless browsers come first: crawler lists name them too."""
    lowered = text.lower()
    if any(word in lowered for word in _HEADLESS_WORDS):
        return "robot:headless"
    if lowered.startswith(_APP_LIBRARIES):
        return ""
    if _crawlers().is_crawler(text):
        return "robot:crawler"
    return "robot:spider" if found.device is not None and found.device.family == "Spider" else ""


def _device_type(lowered: str, os: str) -> str:
    if any(word in lowered for word in _CONSOLE_WORDS):
        return "console"
    if os in _TV or any(word in lowered for word in _TV_WORDS):
        return "tv"
    # browsers on Android tablets leave out "Mobile"; apps (Dalvik, ...) never say it
    browser_without_mobile = os == "Android" and lowered.startswith("mozilla") and "mobile" not in lowered
    if browser_without_mobile or any(word in lowered for word in _TABLET_WORDS):
        return "tablet"
    if os in _MOBILE or "mobile" in lowered:
        return "mobile"
    return "desktop" if os in _DESKTOP else "other"


def _version(major: str | None, minor: str | None) -> str:
    return f"{major}.{minor}" if major and minor else major or ""
