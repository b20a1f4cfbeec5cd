"""What every protocol shares: a request as decoders see it, what they make of it, and how a protocol answers.

A protocol is a module of this folder with three functions:

    decode(request, limits) -> Decoded          pure; raises BadBody when the whole request is useless
    write_key(request) -> str | None            where this protocol carries its key
    answer(request, outcome) -> Response        how its clients like to be told

What clients fetch rather than send (settings, flags) is `collect/documents.py`.

A bad item never fails its neighbours: it becomes a `Message` with `problem`, `detail` and `raw`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from zuji.collect.refusal import BadBody as BadBody
from zuji.terms.message import Message, Scalar, decode_messages
from zuji.terms.source import SourceSettings


class Request(msgspec.Struct, frozen=True):
    """One HTTP request. Header names are lower-case; `body` is already inflated of its Content-Encoding.

    `path` is without the base path, percent-decoded and without a trailing slash; `received_at` is milliseconds since
    1970 by our clock; `public_url` is how the client reached us, base path included (`https://host/base`).
    """

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    received_at: int
    public_url: str = ""

    def first(self, name: str) -> str | None:
        """The first value of a query parameter.

        >>> Request("GET", "/", {"a": ["1", "2"]}, {}, b"", 0).first("a")
        '1'
        """
        values = self.query.get(name)
        return values[0] if values else None


class Decoded(msgspec.Struct, frozen=True):
    """What a request holds: `count` messages, as the JSON array that goes into the spool.

    None means: a good request with nothing to keep (a dry run). `sent_at` is the batch's, as sent.
    """

    body: bytes
    count: int
    sent_at: Scalar = None

    @classmethod
    def of(cls, messages: Sequence[msgspec.Struct], sent_at: Scalar = None) -> Decoded:
        """Encode messages: canonical ones, or others that are written the same way."""
        return cls(_encode(messages), len(messages), sent_at)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages, read back as the engine will read them."""
        return decode_messages(self.body)


_encode = msgspec.json.Encoder().encode


class Overload(msgspec.Struct, frozen=True):
    """Not now. `too_many`: this key or address is over its cap; `unavailable`: nothing can be stored at present.

    Each protocol says it as its clients understand it: after a 429 some wait and send again, others drop the events.
    """

    kind: Literal["too_many", "unavailable"]
    retry_after_s: int
    message: str


Outcome = Decoded | BadBody | Overload


class Response(msgspec.Struct, frozen=True):
    """What goes back. The gateway adds CORS and Content-Length itself."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class ProtocolModule(Protocol):
    """The shape of a decoder module, as the route table uses it."""

    def decode(self, request: Request, limits: SourceSettings) -> Decoded: ...

    def write_key(self, request: Request) -> str | None: ...

    def answer(self, request: Request, outcome: Outcome) -> Response: ...
