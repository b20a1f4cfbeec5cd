"""Unmodified clients of the protocols that adapters take in: what they sent arrives once, and who it was is known."""

from __future__ import annotations

import pytest
from bookkeeper import Bookkeeper
from fault_proxy import FaultProxy
from survival import Client, assert_all_arrived_once, assert_faults_happened, plan_of
from test_server_clients import run_client

pytestmark = pytest.mark.sdk

ADAPTER_CLIENTS = (
    Client("snowplow-python-post", ("python", "send_snowplow.py", "post"), few_requests=True),
    Client(
        "snowplow-python-get", ("python", "send_snowplow.py", "get"), (),
        "it is the same client with the same retries; the faults are injected where it posts",
    ),
    Client("mixpanel-python", ("python", "send_mixpanel.py")),
)  # fmt: skip


@pytest.mark.parametrize("client", ADAPTER_CLIENTS, ids=lambda client: client.name)
def test_every_event_of_an_unmodified_client_arrives_once(client: Client, server: Bookkeeper):
    keys = server.new_source(f"{client.name}-calm", client.channel)
    user = f"user-{client.name}"
    sent = run_client(client, f"http://127.0.0.1:{server.port}", keys.write_key, user)
    assert_all_arrived_once(server, keys, sent)
    assert server.books(keys)["total"]["duplicate"] == 0
    assert server.identifiers(keys, f"user_id:{user}") >= {f"user_id:{user}", f"anonymous_id:anon-{user}"}


@pytest.mark.parametrize("client", [c for c in ADAPTER_CLIENTS if c.survives], ids=lambda client: client.name)
def test_faults_on_the_way_neither_lose_nor_double_an_event(client: Client, server: Bookkeeper):
    keys = server.new_source(f"{client.name}-storm", client.channel)
    with FaultProxy(server.port, plan_of(client)) as proxy:
        sent = run_client(client, proxy.url, keys.write_key, f"user-{client.name}")
        assert_all_arrived_once(server, keys, sent)
        assert_faults_happened(server, keys, proxy, client)
