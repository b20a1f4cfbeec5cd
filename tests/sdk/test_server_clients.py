"""Unmodified Python and Node clients against a running server, with and without faults on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bookkeeper import Bookkeeper
from fault_proxy import FaultProxy
from node_toolbox import run_node
from survival import (
    SERVER_CLIENTS,
    TRACKS,
    Client,
    assert_all_arrived_once,
    assert_faults_happened,
    plan_of,
)

pytestmark = pytest.mark.sdk
PYTHON_FOLDER = Path(__file__).parent / "python"
TIMEOUT_S = 120


def run_client(client: Client, base: str, write_key: str, user: str) -> dict[str, int]:
    """Let the client send its list; returns how many messages of each type that were."""
    language, script, *more = client.command
    arguments = (script, base, write_key, user, str(TRACKS), *more)
    if language == "node":
        done = run_node("node", *arguments, timeout=TIMEOUT_S)
    else:
        environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
        done = subprocess.run(
            [sys.executable, *arguments], cwd=PYTHON_FOLDER, env=environment, capture_output=True, text=True,
            timeout=TIMEOUT_S, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    sent: dict[str, int] = json.loads(done.stdout.strip().splitlines()[-1])
    return sent


def need(client: Client, request: pytest.FixtureRequest) -> None:
    if client.command[0] == "node":
        request.getfixturevalue("npm_clients")


@pytest.mark.parametrize("client", SERVER_CLIENTS, ids=lambda client: client.name)
def test_every_message_of_an_unmodified_client_arrives_once(client: Client, server: Bookkeeper, request):
    need(client, request)
    keys = server.new_source(f"{client.name}-calm", client.channel)
    with FaultProxy(server.port) as proxy:
        sent = run_client(client, proxy.url, keys.write_key, f"user-{client.name}")
    assert_all_arrived_once(server, keys, sent)
    assert server.books(keys)["total"]["duplicate"] == 0


@pytest.mark.parametrize("client", [c for c in SERVER_CLIENTS if c.survives], ids=lambda client: client.name)
def test_faults_on_the_way_neither_lose_nor_double_a_message(client: Client, server: Bookkeeper, request):
    need(client, request)
    keys = server.new_source(f"{client.name}-storm", client.channel)
    with FaultProxy(server.port, plan_of(client)) as proxy:
        sent = run_client(client, proxy.url, keys.write_key, f"user-{client.name}")
        assert_all_arrived_once(server, keys, sent)
        assert_faults_happened(server, keys, proxy, client)


def test_a_client_that_survives_no_fault_says_why():
    assert [c.name for c in SERVER_CLIENTS if len(c.survives) < 4 and not c.why_no_more] == []
