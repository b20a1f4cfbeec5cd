"""The client of the crash tests: it keeps its own list of what was acknowledged, and sends again what was not."""

from __future__ import annotations

import random
import threading
import time
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


def batches(seed: int, count: int, size: int) -> list[list[dict[str, Any]]]:
    """The same batches for the same seed; one message in fifty is a repeat of an earlier one."""
    rng = random.Random(seed)
    messages: list[dict[str, Any]] = []
    for number in range(count * size):
        repeat = messages and rng.random() < 0.02
        messages.append(rng.choice(messages) if repeat else message(rng, number))
    return [messages[start : start + size] for start in range(0, len(messages), size)]


@dataclass
class StubbornClient:
    """Sends every batch until it is acknowledged, whatever happens on the way."""

    url: str
    write_key: str
    pause_s: float = 0.0
    acknowledged: set[str] = field(default_factory=set)
    attempts: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def send_all(self, work: list[list[dict[str, Any]]]) -> None:
        """Send the batches one after the other."""
        with httpx.Client(auth=(self.write_key, ""), timeout=10) as client:
            for batch in work:
                while not self._try(client, batch):
                    time.sleep(0.05)
                self.acknowledged.update(item["messageId"] for item in batch)
                time.sleep(self.pause_s)

    def _try(self, client: httpx.Client, batch: list[dict[str, Any]]) -> bool:
        self.attempts += 1
        try:
            return client.post(f"{self.url}/v1/batch", json={"batch": batch}).status_code == 200
        except httpx.TransportError:
            return False
