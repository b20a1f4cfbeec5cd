"""Visual events: an event defined by pointing at an element of a page. docs/visual-events.md is normative.

A definition is nothing but a condition over clicks, in the `where` grammar that questions and rules share. So it works
on clicks of the past as on those to come, and one definition means the same in the engine's SQL and in the stream.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from zuji.tag.definition import Key, Names, Words
from zuji.terms.condition import Where, read_where
from zuji.terms.document import Document, read_document
from zuji.terms.error import BadQuestion
from zuji.terms.event import VISUAL_EVENT
from zuji.terms.selector import LONGEST_SELECTOR, read_selector

CLICKS = ("$click", "$autocapture", "$WebClick")
"""What clicks are called by our own script, by PostHog's and by that of 神策."""
CHAIN = "$elements"
TEXTS = ("$el_text", "$element_content")
"""Where clients tell what is written on the element."""

Short = Annotated[str, Meta(min_length=1, max_length=1_000)]


class Page(Document, frozen=True, kw_only=True):
    """On which pages. `path` may have `*` for any text, `host` must be equal; what is left out may be anything."""

    host: Short | None = None
    path: Short | None = None


class Written(Document, frozen=True, kw_only=True):
    """What is written on the element."""

    op: Literal["equals", "contains"] = "equals"
    value: Annotated[str, Meta(min_length=1, max_length=255)]


class VisualEvent(Document, frozen=True, kw_only=True):
    """A visual event as it is written down."""

    key: Key
    name: Names
    description: Words = msgspec.field(default_factory=Words)
    page: Page = msgspec.field(default_factory=Page)
    element: Annotated[str, Meta(min_length=1, max_length=LONGEST_SELECTOR)] | None = None
    text: Written | None = None

    def __post_init__(self) -> None:
        if self.element is None and self.text is None:
            raise ValueError("a visual event needs an element (a selector) or a text; else it would be every click")


def read_visual_event(document: Any) -> VisualEvent:
    """The value of a document. Raises BadQuestion naming the field and what is allowed there."""
    read = read_document(VisualEvent, document)
    if read.element is not None:
        try:
            read_selector(read.element)
        except ValueError as error:
            raise BadQuestion(f"element: {error}") from error
    return read


def where_of(event: VisualEvent) -> Where:
    """The condition that a click passes when it is one of these.

    >>> from zuji.terms.error import BadQuestion
    >>> event = {"key": "buy", "name": {"en": "Buy", "zh": "购买"}, "element": "#buy", "page": {"path": "/p/*"}}
    >>> for part in where_of(read_visual_event(event)).document[2:]:
    ...     print(part)
    {'property': '$url_path', 'op': 'regex', 'value': '^/p/.*$'}
    {'property': '$elements', 'op': 'on_element', 'value': '#buy'}
    """
    parts = clicks_on(host=event.page.host, path=event.page.path)
    if event.element is not None:
        parts.append({"property": CHAIN, "op": "on_element", "value": event.element})
    if event.text is not None:
        told = [{"property": name, "op": event.text.op, "value": event.text.value} for name in TEXTS]
        parts.append({"any": told})
    return read_where(parts)


def clicks_on(*, host: str | None, path: str | None) -> list[Any]:
    """The conditions that every click on these pages passes."""
    parts: list[Any] = [
        {"property": "$event", "op": "equals", "value": list(CLICKS)},
        # PostHog's `$autocapture` tells of forms that are sent and fields that are changed as well.
        {
            "any": [
                {"property": "$event_type", "op": "is_not_set"},
                {"property": "$event_type", "op": "equals", "value": "click"},
            ]
        },
    ]
    if host:
        parts.append({"property": "$url_host", "op": "equals", "value": host})
    if path:
        parts.append(_path(path))
    return parts


def named(event: str) -> tuple[str, int | None]:
    """The key and the version (None: what is published) that the name of a visual event asks for. Raises BadQuestion.

    >>> named("visual:buy"), named("visual:buy@3")
    (('buy', None), ('buy', 3))
    """
    found = _NAME.fullmatch(event)
    if found is None:
        raise BadQuestion(f"event: {event!r:.100} names no visual event. Write visual:key, or visual:key@3.")
    return found[1], int(found[2]) if found[2] else None


_NAME = re.compile(re.escape(VISUAL_EVENT) + r"([a-z][a-z0-9_]{0,63})(?:@([1-9][0-9]{0,8}))?")


def _path(pattern: str) -> dict[str, Any]:
    if "*" not in pattern:
        return {"property": "$url_path", "op": "equals", "value": pattern}
    # RE2's own way to quote would be longer; these are all its signs.
    quoted = re.sub(r"[\\.+?()|\[\]{}^$]", r"\\\g<0>", pattern)
    return {"property": "$url_path", "op": "regex", "value": f"^{quoted.replace('*', '.*')}$"}
