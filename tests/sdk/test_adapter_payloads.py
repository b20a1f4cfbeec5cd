"""Protocols whose senders are everybody's own code: recorded payloads against a running server, counted at the end."""

from __future__ import annotations

import base64
import http.client
import json
import re
from pathlib import Path

import pytest
from bookkeeper import Bookkeeper, Keys

pytestmark = pytest.mark.sdk
RECORDED = Path(__file__).parents[1] / "collect" / "recorded"
THEN, EARLIER = b"17953457", b"17353457"
"""The recordings carry the day on which they were made; two years before, they are past on any machine's clock."""
RECORDED_KEY = re.compile(rb'(?<=[="])T(?=[&"]|$)')


def send(server: Bookkeeper, keys: Keys, protocol: str) -> set[int]:
    """Send every recorded request of a protocol with this source's key in the place of the recorded one."""
    statuses: set[int] = set()
    for row in map(json.loads, (RECORDED / f"{protocol}.jsonl").read_text().splitlines()):
        body = in_this_world(base64.b64decode(row["body"]), keys)
        target = in_this_world(row["target"].encode(), keys).decode()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request(row["method"], target, body, row["headers"])
        statuses.add(connection.getresponse().status)
        connection.close()
    return statuses


def in_this_world(text: bytes, keys: Keys) -> bytes:
    """With a key of ours for the recorded one, which is T, and the day moved into the past."""
    return RECORDED_KEY.sub(keys.write_key.encode(), text.replace(THEN, EARLIER))


def test_the_measurement_protocol_counts_once_what_says_when_it_was(server: Bookkeeper):
    keys = server.new_source("ga4-recorded", "server")
    assert send(server, keys, "ga4") == {204}
    assert server.counts(keys, {"track": 4, "page": 1}) == {"track": 4, "page": 1}
    assert send(server, keys, "ga4") == {204}
    books = server.books(keys)
    assert books["closed"]
    total = books["total"]
    # the purchase and the dated search are the same again; page, view and level say no time, so they are new
    assert (total["stored"], total["quarantined"], total["duplicate"]) == (8, 0, 2)
    assert server.identifiers(keys, "user_id:u1") == {"user_id:u1", "anonymous_id:1817.1636"}


def test_snowplow_requests_of_a_node_and_a_python_tracker_count_once(server: Bookkeeper):
    keys = server.new_source("snowplow-recorded", "server")
    assert send(server, keys, "snowplow") == {200}
    assert send(server, keys, "snowplow") == {200}
    total = server.books(keys)["total"]
    assert (total["stored"], total["quarantined"], total["duplicate"]) == (16, 0, 16)
    assert server.count(keys, event="product_viewed") == 6


def test_matomo_requests_count_once_where_they_say_when_they_were(server: Bookkeeper):
    keys = server.new_source("matomo-recorded", "server")
    assert send(server, keys, "matomo") == {200}
    assert server.counts(keys, {"track": 5, "page": 2}) == {"track": 5, "page": 2}
    assert send(server, keys, "matomo") == {200}
    total = server.books(keys)["total"]
    # the first page and the event carry neither a time nor a random number, so nobody can tell that they are the same
    assert (total["stored"], total["quarantined"], total["duplicate"]) == (9, 0, 5)
    assert server.identifiers(keys, "user_id:u1") == {"user_id:u1", "anonymous_id:0123456789abcdef"}
