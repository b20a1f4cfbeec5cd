"""Where an event happened: URL and its parts, title, referrer, campaign."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from zuji.clean.coded import codes_of
from zuji.clean.context import Campaign, Page
from zuji.clean.sheet import Sheet

REMEMBERED = 32_768
PAGES_REMEMBERED = 8_192  # at most 16 MB
LONGEST_REMEMBERED = 1_024
PAGE_COLUMNS = (
    "url", "url_host", "url_path", "page_title", "referrer", "referrer_host",
    "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content",
)  # fmt: skip
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")

_STANDARD_PORTS = {"http": 80, "https": 443}
_NO_PAGE = Page()
_NO_REFERRER = frozenset({"$direct", "null", "undefined", "取值异常"})  # what PostHog and 神策 write for none


class Address(NamedTuple):
    """The parts of a URL that have columns."""

    host: str = ""
    path: str = ""
    utm: tuple[str, ...] = ("",) * 5


def describe_pages(sheet: Sheet) -> None:
    """Fill the columns of the page. The context's word counts before the properties', both before the URL's.

    Each page once: contexts differ in much else, such as whose device it was and the how-manieth message this is.
    """
    read = [
        _remembered_page(context.page, context.campaign)
        if len(text) <= LONGEST_REMEMBERED
        else _page(context.page, context.campaign, {})
        for context, text in zip(sheet.distinct_contexts, sheet.coded["context"].values, strict=True)
    ]
    codes_by_page: dict[int, int] = {}
    of_context = [codes_by_page.setdefault(id(page), len(codes_by_page)) for page in read]
    pages = list({id(page): page for page in read}.values())
    codes = codes_of(of_context)[sheet.context_codes]
    if any(sheet.reports):
        for number, report in enumerate(sheet.reports):
            if report:
                codes[number] = len(pages)
                pages.append(_page(sheet.contexts[number].page, sheet.contexts[number].campaign, report))
    sheet.fill_coded(PAGE_COLUMNS, pages, codes)


def _page(said: Page | None, campaign: Campaign | None, report: Mapping[str, str]) -> tuple[str, ...]:
    page = said or _NO_PAGE
    if not report:
        url, path, title, referrer = page.url or "", page.path or "", page.title or "", page.referrer or ""
        host = ""
    else:
        url, path = page.url or report.get("url", ""), page.path or report.get("url_path", "")
        title = page.title or report.get("page_title", "")
        referrer, host = page.referrer or report.get("referrer", ""), report.get("url_host", "")
    if not (url or path or title or referrer or host or campaign or report):
        return _NOWHERE
    address = address_of(url)
    if referrer in _NO_REFERRER:
        referrer = ""
    utm = _utm(campaign, report, address)
    return url, address.host or host.lower(), address.path or path, title, referrer, address_of(referrer).host, *utm


_NOWHERE = ("",) * len(PAGE_COLUMNS)


@lru_cache(maxsize=PAGES_REMEMBERED)
def _remembered_page(page: Page | None, campaign: Campaign | None) -> tuple[str, ...]:
    """What contexts tell, batch after batch, of the same pages."""
    return _page(page, campaign, {})


def _utm(campaign: Campaign | None, report: Mapping[str, str], address: Address) -> tuple[str, ...]:
    if campaign is None and not report:
        return address.utm
    told = campaign or Campaign()
    said = (told.source, told.medium, told.name, told.term, told.content)
    return tuple(
        word or report.get(name, "") or found for word, name, found in zip(said, UTM, address.utm, strict=True)
    )


def address_of(url: str) -> Address:
    """Host, path and campaign of a URL. Nothing that is no URL makes this fail.

    >>> address_of("https://Shop.cn:443/茶?utm_source=x&utm_term=")
    Address(host='shop.cn', path='/茶', utm=('x', '', '', '', ''))
    """
    if not url:
        return _NO_ADDRESS
    return _remembered(url) if len(url) <= LONGEST_REMEMBERED else _split(url)


_NO_ADDRESS = Address()


def _split(url: str) -> Address:
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:  # "http://[" and ports like 99999
        return _NO_ADDRESS
    if port is not None and port != _STANDARD_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    path = parts.path or ("/" if host else "")
    if "utm_" not in parts.query:
        return Address(host, path)
    try:
        query = parse_qs(parts.query, max_num_fields=1_000)
    except ValueError:
        return Address(host, path)
    return Address(host, path, tuple(query.get(name, [""])[0] for name in UTM))


_remembered = lru_cache(maxsize=REMEMBERED)(_split)
