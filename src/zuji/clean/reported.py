"""Properties in which 神策 and PostHog clients report what Segment clients put into the context."""

from __future__ import annotations

from collections.abc import Mapping

from zuji.clean.context import as_text
from zuji.clean.sheet import Sheet
from zuji.clean.traits import Object
from zuji.terms.message import Message

OF_PROPERTY: dict[str, str] = {
    "$current_url": "url",
    "$url": "url",
    "$pathname": "url_path",
    "$url_path": "url_path",
    "$host": "url_host",
    "$url_host": "url_host",
    "$title": "page_title",
    "$referrer": "referrer",
    "$utm_source": "utm_source",
    "$utm_medium": "utm_medium",
    "$utm_campaign": "utm_campaign",
    "$utm_term": "utm_term",
    "$utm_content": "utm_content",
    "$raw_user_agent": "user_agent",
    "$user_agent": "user_agent",
    "$os": "os",
    "$os_version": "os_version",
    "$browser": "browser",
    "$browser_version": "browser_version",
    "$device_type": "device_type",
    "$device_model": "device_model",
    "$model": "device_model",
    "$app_name": "app_name",
    "$app_version": "app_version",
    "$locale": "locale",
    "$browser_language": "locale",
    "$ip": "ip",
}
"""Property -> column. No client sends two for one column."""

OF_UTM: dict[str, str] = {
    name: name for name in ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
}
"""Without the dollar they are PostHog's own as well, and what people write by hand everywhere."""

OF_PAGE: dict[str, str] = {"url": "url", "path": "url_path", "title": "page_title", "referrer": "referrer"}
"""On a page or screen these are about the page; elsewhere they may be about a product."""

_PAGES = frozenset({"page", "screen"})
_COLUMNS = {
    (is_segment, on_page): ({} if is_segment else OF_PROPERTY) | OF_UTM | (OF_PAGE if on_page else {})
    for is_segment in (True, False)
    for on_page in (True, False)
}
_SEGMENT_NAMES = frozenset(OF_UTM | OF_PAGE)
_ANY_NAME = _SEGMENT_NAMES | OF_PROPERTY.keys()


def note_reports(sheet: Sheet) -> None:
    """Read from each row's properties what they say about its surroundings."""
    names = _ANY_NAME if any(row.receipt.protocol != "segment" for row in sheet.receipts) else _SEGMENT_NAMES
    telling = [not names.isdisjoint(shape) for shape in sheet.distinct_shapes]
    if not any(telling):
        return
    codes = sheet.shape_codes
    for number, row in sheet.standing():
        if telling[codes[number]]:
            sheet.reports[number] = reported(row.message, sheet.properties[number], protocol=row.receipt.protocol)


def reported(message: Message, properties: Object, *, protocol: str) -> Mapping[str, str]:
    """Column -> value, for what the properties say about the surroundings.

    >>> reported(Message(type="page"), {"title": "Tea", "price": 3}, protocol="segment")
    {'page_title': 'Tea'}
    """
    columns = _COLUMNS[protocol == "segment", message.type in _PAGES]
    found: dict[str, str] = {}
    for name, value in properties.items():
        column = columns.get(name)
        if column is not None and (text := as_text(value)):
            found.setdefault(column, text)
    return found
