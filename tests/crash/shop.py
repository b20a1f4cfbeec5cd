"""The client of the crash tests: it keeps its own list of what was acknowledged, and sends again what was not."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

DAY_MS = 86_400_000
FIRST_DAY_MS = 1_750_000_000_000  # 15 June 2025
DAYS = 100


def message(rng: random.Random, number: int) -> dict[str, Any]:
    """One message of a small shop: its time anywhere in 100 days, a log-in now and then, shared devices among them."""
    device = rng.randrange(400)
    at = FIRST_DAY_MS + rng.randrange(DAYS * DAY_MS)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at // 1000)) + f".{at % 1000:03d}Z"
    shared: dict[str, Any] = {"messageId": f"m-{number}", "anonymousId": f"device-{device}", "timestamp": stamp}
    dice = rng.random()
    if dice < 0.1:
        user = f"user-{device if rng.random() < 0.9 else rng.randrange(400)}"
        return {**shared, "type": "identify", "userId": user, "traits": {"level": rng.randrange(5)}}
    if dice < 0.13:
        return {"messageId": f"m-{number}", "type": "track", "event": "Nobody", "timestamp": stamp}
    return {**shared, "type": "track", "event": rng.choice(("Viewed", "Added", "Bought")), "properties": {"n": number}}


def endless_batches(seed: int, size: int) -> Iterator[list[dict[str, Any]]]:
    """The same batches for the same seed; one message in fifty is a repeat of an earlier one."""
    rng = random.Random(seed)
    messages: list[dict[str, Any]] = []
    while True:
        for number in range(len(messages), len(messages) + size):
            repeat = messages and rng.random() < 0.02
            messages.append(rng.choice(messages) if repeat else message(rng, number))
        yield messages[-size:]


def batches(seed: int, count: int, size: int) -> list[list[dict[str, Any]]]:
    """The first `count` of the endless batches."""
    return list(itertools.islice(endless_batches(seed, size), count))


@dataclass
class StubbornClient:
    """Sends every batch until it is acknowledged, whatever happens on the way."""

    url: str
    write_key: str
    pause_s: float = 0.0
    acknowledged: set[str] = field(default_factory=set)
    sent: list[list[dict[str, Any]]] = field(default_factory=list)
    attempts: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def send_all(self, work: Iterable[list[dict[str, Any]]], until: threading.Event | None = None) -> None:
        """Send the batches one after the other; with `until`, no further batch once it is set."""
        with httpx.Client(auth=(self.write_key, ""), timeout=10) as client:
            for batch in work:
                if until is not None and until.is_set():
                    return
                while not self._try(client, batch):
                    time.sleep(0.05)
                self.sent.append(batch)
                self.acknowledged.update(item["messageId"] for item in batch)
                time.sleep(self.pause_s)

    def _try(self, client: httpx.Client, batch: list[dict[str, Any]]) -> bool:
        self.attempts += 1
        try:
            return client.post(f"{self.url}/v1/batch", json={"batch": batch}).status_code == 200
        except httpx.TransportError:
            return False
