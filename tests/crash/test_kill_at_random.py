"""kill -9 of either process at random instants, under load: exactly what was acknowledged is there, exactly once."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from servers import RunningServer
from shop import StubbornClient, batches

pytestmark = pytest.mark.crash

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "50"))
CLIENTS = 3


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


def send(server: RunningServer, work: list[list[dict[str, Any]]], *, pause_s: float) -> list[StubbornClient]:
    """Start the clients, each on its share of the batches, each in a thread of its own."""
    clients = [StubbornClient(server.url, server.write_key, pause_s) for _ in range(CLIENTS)]
    threads = [
        threading.Thread(target=client.send_all, args=(work[number::CLIENTS],)) for number, client in enumerate(clients)
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
    work = batches(seed, count=ROUNDS * 30, size=20)

    with RunningServer(tmp_path / "killed") as server:
        clients = send(server, work, pause_s=0.1)
        kills: Counter[str] = Counter()
        while sum(kills.values()) < ROUNDS:
            time.sleep(rng.uniform(0.05, 1.5))
            victim = rng.choice(("engine", "engine", "gateway-1"))
            while not server.kill(victim):
                time.sleep(0.02)
            kills[victim] += 1
            assert not all(client.stopped.is_set() for client in clients), "the load ended before all rounds were done"
        for client in clients:
            assert client.stopped.wait(300), "a client is still not done"
        server.wait_ready()
        acknowledged = set().union(*(client.acknowledged for client in clients))
        after_kills = world(server)
    print(f"killed {dict(kills)}; {sum(client.attempts for client in clients)} requests for {len(work)} batches")

    sent = {item["messageId"] for batch in work for item in batch if item.get("event") != "Nobody"}
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
