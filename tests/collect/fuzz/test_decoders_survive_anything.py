"""Arbitrary and spoilt requests over all decoders. The long run of the same is `bench/fuzz.py`."""

from __future__ import annotations

import base64
import gzip
import json
import os
import resource
import time
from urllib.parse import quote

import pytest
from contract import LIMITS, keep_promises, protocol_module
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from mutations import NAMES, PATHS, PROTOCOLS, Spoiler
from recordings import NOON, recorded

from zuji.collect.decode.request import Request

EXAMPLES = int(os.environ.get("ZUJI_FUZZ_EXAMPLES", "150"))
bounded = settings(max_examples=EXAMPLES, deadline=2000, suppress_health_check=[HealthCheck.too_slow])

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.sampled_from(["$identify", "track"])
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), inner, max_size=6)
    ),
    max_leaves=30,
)  # fmt: skip


def a_post(path: str, body: bytes) -> Request:
    return Request("POST", path, {}, {}, body, NOON)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(data=st.data())
@bounded
def test_any_bytes_are_decided_on(protocol, data):
    request = a_post(data.draw(st.sampled_from(PATHS[protocol])), data.draw(st.binary(max_size=300)))
    keep_promises(protocol_module(protocol), request)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(data=st.data())
@bounded
def test_any_json_is_decided_on(protocol, data):
    tree = data.draw(TREES)
    body = json.dumps(data.draw(st.sampled_from([tree, [tree], {"batch": [tree]}]))).encode()
    if data.draw(st.booleans()):
        body = b"data=" + quote(base64.b64encode(body)).encode()
    keep_promises(protocol_module(protocol), a_post(data.draw(st.sampled_from(PATHS[protocol])), body))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(seed=st.integers(0, 2**32))
@bounded
def test_a_spoilt_recording_is_decided_on(protocol, seed):
    keep_promises(protocol_module(protocol), Spoiler(protocol, seed).request())


BIG = 5 * 1024 * 1024
BOMBS = {
    "nested lists": b"[" * 100_000 + b"]" * 100_000,
    "nested objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "nested batch": b'{"batch":[' + b"[" * 900 + b"]" * 900 + b"]}",
    "a million ones": b'{"batch":[' + b"1," * (BIG // 2 - 20) + b"1]}",
    "a million objects": b'{"batch":[' + b"{}," * (BIG // 3 - 20) + b"{}]}",
    "a million keys": b"{" + b",".join(b'"%d":1' % n for n in range(400_000)) + b"}",
    "one long number": b'{"batch":[{"userId":' + b"9" * (BIG - 100) + b"}]}",
    "one long text": b'{"batch":[{"userId":"' + b"x" * (BIG - 100) + b'"}]}',
    "escapes": b'{"batch":[{"userId":"' + b"\\u00e9" * (BIG // 6 - 100) + b'"}]}',
    "lone surrogates": b'{"batch":[{"userId":"' + b"\\ud800" * (BIG // 6 - 100) + b'"}]}',
    "percent signs": b"data=" + b"%41" * (BIG // 3 - 10),
    "many fields": b"a=1&" * (BIG // 4 - 10) + b"data=1",
    "gzip of spaces": gzip.compress(b"[" + b" " * 200_000_000 + b"]"),
    "gzip in base64": base64.b64encode(gzip.compress(b"[" + b" " * 200_000_000 + b"]")),
    "many gzip members": gzip.compress(b"") * 50_000,
    "spaces": b" " * BIG,
    "not utf-8": b'{"batch":[{"userId":"' + b"\xff" * 1_000_000 + b'"}]}',
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_costs_neither_seconds_nor_memory(protocol, bomb):
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    body = BOMBS[bomb][:BIG]
    for path in PATHS[protocol][:2]:
        keep_promises(protocol_module(protocol), a_post(path, body))
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kb < 600 * 1024
    assert time.process_time() - started < 10


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_untouched_recording_keeps_all_promises(protocol):
    data = [r for r in recorded(protocol) if not r.path.startswith(("/array", "/flags"))]
    fates = {keep_promises(protocol_module(protocol), request) for request in data}
    assert fates == {"kept"}


def test_the_promises_notice_a_message_that_cannot_be_read_again():
    class Broken:
        """A decoder that writes down what nobody can read."""

        def __getattr__(self, name):
            return getattr(protocol_module("posthog"), name)

        def decode(self, request, limits):
            decoded = protocol_module("posthog").decode(request, limits)
            return replace(decoded, body=decoded.body[:-1])

    with pytest.raises(Exception, match=r"truncated|malformed"):
        keep_promises(Broken(), a_post("/batch", b'{"batch":[{"event":"e","distinct_id":"d"}]}'))


def test_the_same_seed_spoils_the_same_way():
    once, again = Spoiler("segment", 7), Spoiler("segment", 7)
    assert [once.request() for _ in range(50)] == [again.request() for _ in range(50)]
    assert LIMITS.max_body_bytes == BIG
