"""A message as the query of an image: `?userId=u&event=Opened&properties.campaign=spring`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

MAX_DEPTH = 8
"""No real context nests deeper; `a.a.a...` would otherwise nest as deep as a URL is long."""


def message_of_query(query: Mapping[str, list[str]]) -> bytes:
    """The JSON of the message: dotted names nest, all values are texts, the key is left out.

    >>> message_of_query({"writeKey": ["k"], "userId": ["u"], "context.page.url": ["/p"]})
    b'{"userId":"u","context":{"page":{"url":"/p"}}}'
    """
    message: dict[str, Any] = {}
    for name, values in query.items():
        if name != "writeKey" and values:
            _put(message, name, values[0])
    return msgspec.json.encode(message)


def _put(message: dict[str, Any], name: str, value: str) -> None:
    """Walk to the place the dotted name means. Where a text stands in the way already, the value is let go."""
    *folders, last = name.split(".", MAX_DEPTH - 1)
    place = message
    for folder in folders:
        place = place.setdefault(folder, {})
        if not isinstance(place, dict):
            return
    place.setdefault(last, value)
