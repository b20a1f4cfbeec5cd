"""Requests of real clients, spoilt in every way that came to mind. One random generator decides everything."""

from __future__ import annotations

import base64
import copy
import gzip
import json
import random
import zlib
from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlencode

from msgspec.structs import replace
from recordings import recorded

from zuji.collect.decode.request import Request

PROTOCOLS = ("segment", "sensors", "posthog", "webhook", "snowplow", "ga4", "matomo", "mixpanel")
PATHS = {
    "segment": (
        "/v1/batch",
        "/v1/track",
        "/v1/i",
        "/v1/import",
        "/beacon/v1/batch",
        "/pixel/v1/track",
        "/pixel/v1/page",
    ),
    "sensors": ("/sa", "/sa.gif", "/debug"),
    "posthog": ("/batch", "/e", "/capture", "/i/v0/e", "/i/v1/analytics/events", "/flags"),
    "webhook": ("/v1/webhook", "/v1/webhook/zp_key"),
    "snowplow": ("/com.snowplowanalytics.snowplow/tp2", "/i"),
    "ga4": ("/mp/collect", "/debug/mp/collect"),
    "matomo": ("/matomo.php", "/piwik.php"),
    "mixpanel": ("/track", "/engage", "/groups", "/import"),
}
TOKENS = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b"NaN", b"-Infinity", b"1e999", b"-0", b"1" * 400,
    b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"null", b"true", b"{}", b"[]", b'""', b"\x1f\x8b", b"data=",
    b"data_list=", b"%", b"%%%", b"%00", b"=", b"&", b"+", b"\xef\xbb\xbf", b"[" * 300, b'{"a":' * 300, b"\r\n",
)  # fmt: skip
VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, -0.0, 10**30, -(10**400), float("nan"), float("inf"), "", " ", "\x00",
    "\ud800", "😀" * 50, "x" * 101, "x" * 40_000, [], {}, [[]], [None], {"": ""}, {"$set": {"$set": {}}}, {"\udfff": 1},
    "2026-13-45", "9999999999999999999999", ["a"] * 200, {"a" * 300: {"b": [1, {"c": None}]}},
)  # fmt: skip
NAMES = (
    "type", "event", "name", "userId", "anonymousId", "previousId", "groupId", "messageId", "timestamp",
    "sentAt", "originalTimestamp", "context", "properties", "traits", "batch", "writeKey", "distinct_id",
    "identities", "_track_id", "_flush_time", "time", "lib", "project", "token", "original_id", "login_id",
    "anonymous_id", "item_type", "item_id", "uuid", "api_key", "sent_at", "created_at", "offset", "$set",
    "$set_once", "$unset", "options", "$groups", "$group_key", "$anon_distinct_id", "alias", "$is_login_id",
    "$insert_id", "data", "schema", "e", "eid", "uid", "duid", "ue_px", "ue_pr", "cx", "co", "se_ac", "ttm", "dtm",
    "events", "params", "client_id", "user_properties", "timestamp_micros", "items", "transaction_id",
    "requests", "token_auth", "idsite", "_id", "ec_items", "idgoal", "e_a", "rand", "cdt",
    "$distinct_id", "$device_id", "$user_id", "$add", "$append", "$union", "$delete", "$time", "$distinct_ids",
)  # fmt: skip


class Spoiler:
    """Makes one spoilt request after another of one protocol. The same seed gives the same requests."""

    def __init__(self, protocol: str, seed: int) -> None:
        self.random = random.Random(f"{protocol}/{seed}")
        self.requests = recorded(protocol)
        self.paths = PATHS[protocol]
        self.trees = [tree for request in self.requests for tree in trees_of(request)]

    def request(self) -> Request:
        """The next request: mostly a spoilt tree in a sound wrapping, else spoilt bytes."""
        request = self.random.choice(self.requests)
        if self.random.random() < 0.2:
            request = replace(request, path=self.random.choice(self.paths))
        if self.random.random() < 0.6 and self.trees:
            body = self.wrap(self.spoilt_tree())
            request = replace(request, method="POST", body=body)
        else:
            request = replace(request, body=request.body or self.random.randbytes(self.random.randrange(64)))
        if self.random.random() < 0.5:
            request = replace(request, body=self.spoilt_bytes(request.body))
        if self.random.random() < 0.1:
            request = self.in_query(request)
        return request

    def spoilt_tree(self) -> object:
        """A recorded payload with a few of its values replaced, removed, renamed, doubled or buried."""
        tree = copy.deepcopy(self.random.choice(self.trees))
        for _ in range(self.random.choice((1, 1, 2, 4, 16))):
            tree = self._spoil_somewhere(tree)
        return tree

    def spoilt_bytes(self, body: bytes) -> bytes:
        """The body with a few cuts, flips, insertions and repetitions."""
        data = bytearray(body)
        for _ in range(self.random.choice((1, 1, 2, 5))):
            at = self.random.randrange(len(data) + 1)
            end = min(len(data), at + self.random.choice((1, 2, 8, 64, 1024)))
            match self.random.randrange(6):
                case 0:
                    del data[at:end]
                case 1:
                    data[at:at] = self.random.choice(TOKENS)
                case 2 if data:
                    data[at % len(data)] ^= 1 << self.random.randrange(8)
                case 3:
                    del data[at:]
                case 4:
                    data[at:at] = data[at:end] * self.random.choice((1, 2, 50))
                case _:
                    data[at:end] = self.random.randbytes(self.random.randrange(16))
        return bytes(data[:400_000])

    def wrap(self, tree: object) -> bytes:
        """The tree as a body, wrapped as one of the protocols' clients would, whichever protocol that is."""
        text = json.dumps(tree, ensure_ascii=self.random.random() < 0.5).encode("utf-8", "surrogatepass")
        wrappings: tuple[Callable[[bytes], bytes], ...] = (
            lambda data: data,
            lambda data: data,
            lambda data: gzip.compress(data, 1),
            lambda data: zlib.compress(data, 1),
            base64.b64encode,
            lambda data: b"data=" + quote(base64.b64encode(data)).encode(),
            lambda data: b"data_list=" + quote(base64.b64encode(gzip.compress(data, 1))).encode() + b"&gzip=1",
            lambda data: urlencode({"data": data, "api_key": "k"}).encode(),
        )
        return self.random.choice(wrappings)(text)

    def in_query(self, request: Request) -> Request:
        """The same, asked as an image is."""
        query = parse_qs(f"data={quote(base64.b64encode(request.body[:4096]))}&writeKey=k&event=e&userId=u&a.b.c=1")
        return replace(request, method="GET", body=b"", query=query)

    def _spoil_somewhere(self, tree: object) -> object:
        """Walk down at random and change what is found there."""
        if not isinstance(tree, dict | list) or not tree or self.random.random() < 0.15:
            return self._another(tree)
        key = self.random.choice(list(tree)) if isinstance(tree, dict) else self.random.randrange(len(tree))
        match self.random.randrange(10):
            case 0:
                del tree[key]
            case 1 if isinstance(tree, dict):
                tree[self.random.choice(NAMES)] = copy.deepcopy(self.random.choice(VALUES))
            case 2 if isinstance(tree, list):
                tree.extend(copy.deepcopy(tree[: self.random.choice((1, 3))]))
            case _:
                tree[key] = self._spoil_somewhere(tree[key])
        return tree

    def _another(self, value: object) -> object:
        if self.random.random() < 0.05:
            for _ in range(self.random.choice((3, 40, 70, 200))):
                value = [value] if self.random.random() < 0.5 else {"a": value}
            return value
        return copy.deepcopy(self.random.choice(VALUES))


def trees_of(request: Request) -> list[object]:
    """The JSON inside a recorded request, unwrapped without the code under test."""
    fields = {**request.query, **parse_qs(request.body.decode("latin-1"))}
    packed = [
        value.encode() if value[:1] in "{[" else base64.b64decode(value)
        for name in ("data", "data_list")
        for value in fields.get(name, ())
    ]
    found = []
    for data in [*packed, request.body]:
        plain = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        if plain[:1] in (b"{", b"["):
            found.append(json.loads(plain))
    return found
