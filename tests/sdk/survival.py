"""Which client outlives which fault, by its own design; and how its messages are counted in the end.

A client that gives up after a fault loses events before any server sees them, so that fault is not injected there.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from bookkeeper import Bookkeeper, Keys
from fault_proxy import Fault, FaultProxy, Step

ALL: tuple[Fault, ...] = ("lost_answer", "server_error", "too_many", "reset")
TRACKS = 22
"""Enough for several requests of five messages each, so that the faults hit different ones."""
SETTLE_S = 90
LINGER_S = 1.5
"""How long after the last expected message a doubled one is waited for."""


@dataclass(frozen=True)
class Client:
    """One unmodified client: how it is started, what it survives, and why no more."""

    name: str
    command: tuple[str, ...]
    survives: tuple[Fault, ...] = ALL
    why_no_more: str = ""
    few_requests: bool = False
    """It gathers its messages into so few requests that the faults have to follow one another."""
    channel: str = "server"


NEVER_AGAIN = "it never sends a request again, whatever the answer"

SERVER_CLIENTS = (
    Client("segment-python", ("python", "send_segment.py")),
    Client("segment-node", ("node", "send_segment.mjs")),
    Client("rudder-python", ("python", "send_rudder.py")),
    Client("rudder-node", ("node", "send_rudder.mjs")),
    Client("sensors-python", ("python", "send_sensors.py")),
    Client("sensors-node", ("node", "send_sensors.mjs"), (), NEVER_AGAIN),
    Client("posthog-python", ("python", "send_posthog.py", "v0")),
    Client("posthog-python-v1", ("python", "send_posthog.py", "v1")),
    Client("posthog-node", ("node", "send_posthog.mjs")),
)
BROWSER_CLIENTS = (
    Client("segment-browser", ("segment",)),
    Client("rudder-browser", ("rudder",)),
    Client("sensors-browser-image", ("sensors", "image"), (), NEVER_AGAIN),
    Client("sensors-browser-ajax", ("sensors", "ajax"), (), NEVER_AGAIN),
    Client("sensors-browser-beacon", ("sensors", "beacon"), (), NEVER_AGAIN),
    Client("sensors-browser-batch", ("sensors", "batch"), few_requests=True),
    Client(
        "posthog-browser", ("posthog",), ("lost_answer", "server_error", "reset"),
        "it drops the events on a 429, which is why zuji never answers it with one", few_requests=True,
    ),
)  # fmt: skip


def plan_of(client: Client) -> Sequence[Step]:
    """Each fault the client survives. With a request let through after each, and the server error twice in a row, where
    there are requests enough.
    """
    if client.few_requests:
        return list(client.survives)
    steps: list[Step] = []
    for fault in client.survives:
        steps += [fault, fault, "pass"] if fault == "server_error" else [fault, "pass"]
    return steps


def wait_for_counts(server: Bookkeeper, keys: Keys, expected: dict[str, int]) -> dict[str, int]:
    """The counts by type once nothing is missing, and a moment later, when a doubled message would have come too."""
    deadline = time.monotonic() + SETTLE_S
    counts = server.counts(keys, expected)
    while counts != expected and time.monotonic() < deadline and not _too_many(counts, expected):
        time.sleep(0.3)
        counts = server.counts(keys, expected)
    time.sleep(LINGER_S)
    return server.counts(keys, expected)


def assert_all_arrived_once(server: Bookkeeper, keys: Keys, expected: dict[str, int]) -> None:
    """The server has what was sent, by type and in total, and nothing else; its books say so too."""
    assert wait_for_counts(server, keys, expected) == expected
    assert server.count(keys) == sum(expected.values())
    books = server.books(keys)
    assert books["closed"]
    assert (books["total"]["stored"], books["total"]["quarantined"]) == (sum(expected.values()), 0)


LAST_REPEAT_S = 20.0
"""A browser sends again what it believes lost only after some seconds, when everything may have arrived long ago."""


def assert_faults_happened(server: Bookkeeper, keys: Keys, proxy: FaultProxy, client: Client) -> None:
    """A test of faults in which none was injected would prove nothing; a lost answer must have brought repeats."""
    planned = [step for step in plan_of(client) if step != "pass"]
    assert proxy.injected == planned
    assert proxy.data_requests > len(planned)
    deadline = time.monotonic() + LAST_REPEAT_S
    while server.books(keys)["total"]["duplicate"] == 0 and time.monotonic() < deadline:
        time.sleep(0.5)
    assert server.books(keys)["total"]["duplicate"] > 0


def _too_many(counts: dict[str, int], expected: dict[str, int]) -> bool:
    return any(counts[kind] > expected[kind] for kind in expected)
