"""kill -9 of either process at random instants, under load: exactly what was acknowledged is there, exactly once."""

from __future__ import annotations

import itertools
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from servers import RunningServer
from shop import StubbornClient, endless_batches

pytestmark = pytest.mark.crash

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "50"))
CLIENTS = 3

Batch = list[dict[str, Any]]


def world(server: RunningServer) -> dict[str, Any]:
    """Everything a run leaves behind that must not depend on what happened on the way."""
    assert server.count() >= 0
    ids = Counter(event["event_id"] for event in server.pages("events", "events", limit="1000"))
    people = sorted(
        (
            sorted(f"{item['type']}:{item['value']}" for item in profile["identifiers"]),
            profile["identified"],
        )
        for profile in server.pages("profiles", "profiles")
    )
    sources = [
        {name: account[name] for name in ("accepted", "stored", "quarantined", "duplicate", "refused")}
        for account in server.get("accounting")["by_source"].values()
    ]
    return {"ids": ids, "people": people, "sources": sources}


def send(
    server: RunningServer, shares: Sequence[Iterable[Batch]], *, pause_s: float, until: threading.Event | None = None
) -> list[StubbornClient]:
    """Start a client for each share of the work, each in a thread of its own."""
    clients = [StubbornClient(server.url, server.write_key, pause_s) for _ in shares]
    threads = [
        threading.Thread(target=client.send_all, args=(share, until))
        for client, share in zip(clients, shares, strict=True)
    ]
    for thread in threads:
        thread.start()
    for client, thread in zip(clients, threads, strict=True):
        threading.Thread(target=lambda c=client, t=thread: (t.join(), c.stopped.set())).start()
    return clients


def test_every_acknowledged_event_is_there_exactly_once_and_people_are_as_if_nothing_had_happened(
    tmp_path: Path,
) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}, {ROUNDS} rounds")
    rng = random.Random(seed)
    rounds_done = threading.Event()

    with RunningServer(tmp_path / "killed") as server:
        shares = [itertools.islice(endless_batches(seed, size=20), number, None, CLIENTS) for number in range(CLIENTS)]
        clients = send(server, shares, pause_s=0.1, until=rounds_done)
        kills: Counter[str] = Counter()
        while sum(kills.values()) < ROUNDS:
            time.sleep(rng.uniform(0.05, 1.5))
            victim = rng.choice(("engine", "engine", "gateway-1"))
            while not server.kill(victim):
                time.sleep(0.02)
            kills[victim] += 1
        rounds_done.set()
        for client in clients:
            assert client.stopped.wait(300), "a client is still not done"
        server.wait_ready()
        acknowledged = set().union(*(client.acknowledged for client in clients))
        after_kills = world(server)
    work = [client.sent for client in clients]
    requests = sum(client.attempts for client in clients)
    print(f"killed {dict(kills)}; {requests} requests for {sum(map(len, work))} batches")

    sent = {item["messageId"] for share in work for batch in share for item in batch if item.get("event") != "Nobody"}
    assert sent <= acknowledged
    assert set(after_kills["ids"]) == sent
    assert [event for event, times in after_kills["ids"].items() if times != 1] == []

    with RunningServer(tmp_path / "undisturbed") as server:
        for client in send(server, work, pause_s=0.0):
            assert client.stopped.wait(300)
        undisturbed = world(server)
    assert after_kills["people"] == undisturbed["people"]
    for account in after_kills["sources"]:
        assert account["accepted"] == (
            account["stored"] + account["quarantined"] + account["duplicate"] + account["refused"]
        )
