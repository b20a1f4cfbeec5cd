"""What people hold in their hands: user agents and models as clients report them, and those of robots."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Make:
    """A kind of device. For apps the SDK reports system and model; for the web only the user agent tells."""

    user_agent: str
    os: str
    os_version: str
    manufacturer: str
    model: str


_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0"
BROWSERS: tuple[Make, ...] = (
    Make(f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME} Safari/537.36", "Windows", "10", "", ""),
    Make(f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_CHROME} Safari/537.36", "Mac OS X", "10.15", "Apple", ""),
    Make(f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME} Safari/537.36 Edg/141.0.0.0", "Windows", "10", "", ""),
    Make(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/18.1 Mobile/15E148 Safari/604.1", "iOS", "18.1", "Apple", "iPhone",
    ),
    Make(f"Mozilla/5.0 (Linux; Android 15; 24129PN74C) {_CHROME} Mobile Safari/537.36", "Android", "15", "Xiaomi", ""),
    Make("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Linux", "", "", ""),
)  # fmt: skip
TABLET = Make(
    "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Mobile/15E148 Safari/604.1", "iPadOS", "18.1", "Apple", "iPad",
)  # fmt: skip
PHONES: tuple[Make, ...] = (
    Make("", "iOS", "18.1", "Apple", "iPhone16,1"),
    Make("", "iOS", "17.6", "Apple", "iPhone14,5"),
    Make("", "Android", "15", "HUAWEI", "ALN-AL00"),
    Make("", "Android", "14", "Xiaomi", "23127PN0CC"),
    Make("", "Android", "14", "vivo", "V2324A"),
    Make("", "Android", "13", "OPPO", "PHZ110"),
)

CRAWLERS: tuple[str, ...] = (
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 "
    "(compatible; Bytespider; spider-feedback@bytedance.com)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
)
HEADLESS: tuple[str, ...] = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
    "python-requests/2.32.3",
)
APP_VERSIONS = ("3.0.4", "3.1.2", "3.2.0")
