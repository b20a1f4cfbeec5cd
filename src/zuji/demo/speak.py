"""The demo's voice: it brings parcels to the gateway over HTTP, as patiently as a good client.

429 and 503 are waited out as Retry-After says, a lost connection is tried again, and a message is sent until it is
acknowledged. What the gateway refuses for good ends the demo with the gateway's own words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

import httpx

from zuji.demo.envelope import Stamp, seal
from zuji.demo.options import DemoKeys
from zuji.demo.parcel import Parcel
from zuji.terms.error import BadRequest, Busy

TRY_AGAIN = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
LONGEST_WAIT_S = 300.0
"""Segment's clients cap Retry-After there too."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one parcel is tried, in seconds, and the first pause after a failure."""

    gives_up_after_s: float = 180.0
    first_pause_s: float = 0.2
    timeout_s: float = 30.0


@dataclass(slots=True)
class Tally:
    """What was acknowledged so far, and how often something had to be sent again."""

    requests: int = 0
    messages: int = 0
    sent_again: int = 0


class Speaker:
    """Sends parcels over a few connections, while it is open (`async with`). `now_ms` is the sender's clock."""

    def __init__(
        self, url: str, keys: DemoKeys, *, now_ms: Callable[[], int], stamp: Stamp, connections: int = 4,
        patience: Patience = Patience(),
    ) -> None:  # fmt: skip
        self._url = url.rstrip("/")
        self._keys = keys
        self._now_ms = now_ms
        self._stamp = stamp
        self._connections = connections
        self._patience = patience
        limits = httpx.Limits(max_connections=connections)
        self._client = httpx.AsyncClient(limits=limits, timeout=patience.timeout_s, trust_env=False)
        self.tally = Tally()

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._client.aclose()

    async def say_all(self, parcels: Iterator[Parcel], *, told: Callable[[Tally], None]) -> None:
        """Everything, nearly in order. The next parcel is asked for when a connection is free, so nothing piles up."""
        try:
            async with asyncio.TaskGroup() as senders:
                for _ in range(self._connections):
                    senders.create_task(self._say_in_turn(parcels, told))
        except ExceptionGroup as failed:
            # One reason is enough, and callers know our family of errors, not groups.
            raise failed.exceptions[0] from None

    async def _say_in_turn(self, parcels: Iterator[Parcel], told: Callable[[Tally], None]) -> None:
        for parcel in parcels:
            await self._say(parcel)
            self.tally.requests += 1
            self.tally.messages += len(parcel.bodies)
            told(self.tally)

    async def _say(self, parcel: Parcel) -> None:
        pause, waited = self._patience.first_pause_s, 0.0
        while True:
            wait = await self._attempt(parcel)
            if wait is None:
                return
            wait = min(max(wait, pause), LONGEST_WAIT_S)
            if waited + wait > self._patience.gives_up_after_s:
                raise Busy(f"{self._url} took nothing for {waited:.0f} s. Is it running? `zuji doctor` knows more.")
            await asyncio.sleep(wait)
            waited, pause = waited + wait, min(pause * 2, 10.0)
            self.tally.sent_again += 1

    async def _attempt(self, parcel: Parcel) -> float | None:
        """None when acknowledged, else for how many seconds the gateway wants to be left alone."""
        envelope = seal(parcel, self._keys, now_ms=self._now_ms(), stamp=self._stamp)
        try:
            answer = await self._client.post(
                self._url + envelope.path, content=envelope.content, headers=envelope.headers
            )
        except httpx.TransportError:
            return 0.0
        if answer.is_success:
            return None
        if answer.status_code in TRY_AGAIN:
            return retry_after(answer.headers.get("retry-after"))
        said = answer.text[:300]
        raise BadRequest(f"the gateway refused a batch of the demo ({parcel.door}): {answer.status_code} {said}")


def retry_after(header: str | None) -> float:
    """Seconds out of a Retry-After header; a date or nonsense asks for nothing.

    >>> retry_after("3"), retry_after(None), retry_after("Fri, 01 Jan 2027 00:00:00 GMT")
    (3.0, 0.0, 0.0)
    """
    try:
        return max(0.0, float(header or 0))
    except ValueError:
        return 0.0
