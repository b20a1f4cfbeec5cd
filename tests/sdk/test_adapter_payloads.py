"""Protocols whose senders are everybody's own code: recorded payloads against a running server, counted at the end."""

from __future__ import annotations

import base64
import http.client
import json
from pathlib import Path

import pytest
from bookkeeper import Bookkeeper, Keys

pytestmark = pytest.mark.sdk
RECORDED = Path(__file__).parents[1] / "collect" / "recorded"
THEN, EARLIER = b"17953457", b"17353457"
"""The recordings carry the day on which they were made; two years before, they are past on any machine's clock."""


def send(server: Bookkeeper, keys: Keys, protocol: str) -> set[int]:
    """Send every recorded request of a protocol with this source's key in the place of the recorded one."""
    statuses: set[int] = set()
    for row in map(json.loads, (RECORDED / f"{protocol}.jsonl").read_text().splitlines()):
        body = base64.b64decode(row["body"]).replace(THEN, EARLIER).replace(b'"T"', f'"{keys.write_key}"'.encode())
        target = row["target"].replace("=T", f"={keys.write_key}").replace(THEN.decode(), EARLIER.decode())
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request(row["method"], target, body, row["headers"])
        statuses.add(connection.getresponse().status)
        connection.close()
    return statuses


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
