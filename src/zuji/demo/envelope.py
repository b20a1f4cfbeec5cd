"""A parcel as an HTTP request: where each protocol wants it, with its key, and how a sender stamps its clock on it."""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from zuji.demo.options import DemoKeys
from zuji.demo.parcel import Parcel
from zuji.demo.wire import iso

Stamp = Literal["wrong_clocks", "always"]
"""Which requests say when they were sent. History with a right clock does not: its times hold as they are, while a
wrong clock can only be corrected by what it says now. Live clients always say it."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One POST. The path is below the gateway's base."""

    path: str
    headers: dict[str, str]
    content: bytes


def seal(parcel: Parcel, keys: DemoKeys, *, now_ms: int, stamp: Stamp) -> Envelope:
    """The request that carries a parcel, sealed at the moment of sending: a second attempt is sealed anew.

    >>> keys = DemoKeys("w", "a", "m", "p", "s", "c")
    >>> seal(Parcel("web", 0, (b"{}",)), keys, now_ms=0, stamp="always").content
    b'{"batch":[{}],"sentAt":"1970-01-01T00:00:00.000Z"}'
    """
    key = keys.of(parcel.door)
    if parcel.door == "mini_program":
        return _sensors(parcel, key)
    if parcel.door == "blog":
        return _posthog(parcel, key)
    sent = b""
    if stamp == "always" or parcel.clock_error_ms:
        sent = b',"sentAt":"' + iso(now_ms + parcel.clock_error_ms).encode() + b'"'
    basic = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"content-type": "application/json", "authorization": f"Basic {basic}"}
    return Envelope("/v1/batch", headers, b'{"batch":[' + b",".join(parcel.bodies) + b"]" + sent + b"}")


def _sensors(parcel: Parcel, key: str) -> Envelope:
    """神策: a form with a list, gzipped, in base64."""
    packed = base64.b64encode(gzip.compress(b"[" + b",".join(parcel.bodies) + b"]", compresslevel=1))
    content = b"data_list=" + quote(packed, safe="").encode() + b"&gzip=1"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return Envelope(f"/sa?project=default&token={quote(key)}", headers, content)


def _posthog(parcel: Parcel, key: str) -> Envelope:
    content = b'{"api_key":"' + key.encode() + b'","batch":[' + b",".join(parcel.bodies) + b"]}"
    return Envelope("/batch/", {"content-type": "application/json"}, content)
