"""How the webhooks of a source are read and believed: which part of a payload is what, and how it is signed.

Every field of a message is an **expression**, a text:

    $.data.object.id      from the whole body (of a GET: from its parameters)
    @.sku                 from the item, where one body is spread over several events; else from the body
    header:x-topic        a header of the request
    query:shop            a parameter of the address
    =$5                   the text after the sign, whatever it looks like
    Order Completed       anything else stands for itself
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from zuji.terms.document import Document
from zuji.terms.json_path import JsonPath, is_path, parse_path

MAX_FIELDS = 200
"""Of one mapping; the largest webhook payload seen has some hundred and fifty."""

Expression = Annotated[str, Meta(max_length=500)]
FieldName = Annotated[str, Meta(min_length=1, max_length=200)]
Fields = Annotated[dict[FieldName, Expression], Meta(max_length=MAX_FIELDS)]
HeaderName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,100}$")]

WebhookType = Literal["track", "identify", "page", "screen", "group", "alias", "profile"]
WEBHOOK_TYPES: tuple[WebhookType, ...] = get_args(WebhookType)
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-write-key"})


@dataclass(frozen=True, slots=True)
class FromRequest:
    """A value that stands beside the body: in a header or in a parameter of the address."""

    place: Literal["header", "query"]
    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A text that is the same for every event."""

    text: str


Reading = JsonPath | FromRequest | Constant


class Signature(Document, frozen=True, kw_only=True, omit_defaults=True):
    """How a sender proves that it knows the secret: an HMAC of the body, in a header.

    A header may hold several parts (`t=1790000000,v1=5257...`); `prefix` says which are signatures and
    `timestamp_prefix` which is the time. A time outside `tolerance_s` is refused.
    """

    header: HeaderName
    algorithm: Literal["sha256", "sha1", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: Annotated[str, Meta(max_length=20)] = ""
    signed: Literal["body", "timestamp.body"] = "body"
    timestamp_header: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{0,100}$")] = ""
    timestamp_prefix: Annotated[str, Meta(max_length=20)] = ""
    tolerance_s: Annotated[int, Meta(ge=1, le=86_400)] = 300

    def __post_init__(self) -> None:
        if self.signed == "timestamp.body" and not self.timestamp_header:
            raise ValueError("`signed` names the timestamp, so `timestamp_header` must say where it stands")


class WebhookMapping(Document, frozen=True, kw_only=True, omit_defaults=True):
    """Which part of a payload is what. Without `properties` the whole item is the properties of its event.

    `event_names` gives events the names they have elsewhere (`{"charge.succeeded": "Order Completed"}`).
    """

    items: Expression = ""
    type: Expression = "track"
    event: Expression = ""
    event_names: Fields = msgspec.field(default_factory=dict)
    message_id: Expression = ""
    timestamp: Expression = ""
    user_id: Expression = ""
    anonymous_id: Expression = ""
    previous_id: Expression = ""
    group_id: Expression = ""
    identifiers: Fields = msgspec.field(default_factory=dict)
    properties: Fields = msgspec.field(default_factory=dict)
    traits: Fields = msgspec.field(default_factory=dict)
    signature: Signature | None = None

    def __post_init__(self) -> None:
        for name, text in self._expressions():
            try:
                reading_of(text)
            except ValueError as mistake:
                raise ValueError(f"`{name}`: {mistake}") from None
        if self.items and not is_path(self.items):
            raise ValueError("`items` must be a path to a list, like $.lines")
        if self.signature is not None and isinstance(reading_of(self.message_id), FromRequest):
            raise ValueError("`message_id` must be read from the body: headers and parameters are not signed")

    def _expressions(self) -> list[tuple[str, str]]:
        plain = ("items", "type", "event", "message_id", "timestamp")
        ids = ("user_id", "anonymous_id", "previous_id", "group_id")
        found = [(name, getattr(self, name)) for name in (*plain, *ids)]
        for part in ("identifiers", "properties", "traits"):
            found += [(f"{part}.{name}", text) for name, text in getattr(self, part).items()]
        return found


@lru_cache(maxsize=4096)
def reading_of(expression: str) -> Reading:
    """What an expression means. Raises ValueError for a path that cannot be read.

    >>> reading_of("header:X-Topic"), reading_of("=$5")
    (FromRequest(place='header', name='x-topic'), Constant(text='$5'))
    """
    if is_path(expression):
        return parse_path(expression)
    place, colon, name = expression.partition(":")
    if colon and place == "header":
        if name.lower() in _SECRET_HEADERS:
            raise ValueError(f"the header {name!r} holds secrets and is not kept")
        return FromRequest("header", name.lower())
    if colon and place == "query":
        return FromRequest("query", name)
    return Constant(expression.removeprefix("="))


UNMAPPED = WebhookMapping(
    type="@.type",
    event="@.event",
    message_id="@.messageId",
    timestamp="@.timestamp",
    user_id="@.userId",
    anonymous_id="@.anonymousId",
)
"""For a source that says nothing: payloads that happen to have our own names are understood, all others wait in
quarantine, whole, until somebody writes a mapping.
"""
