"""The spool: where a request is written down before it is acknowledged, and from where the engine takes it.

This page is the socket: what a row is, what a writer and a reader promise, how large the spool may become. The plug
on local disk is `spool_writer` with `spool_reader`; every plug passes `tests/promises/spool_promises.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from zuji.terms.error import Busy
from zuji.terms.message import Receipt

MEGABYTE = 1024 * 1024
GIGABYTE = 1024 * MEGABYTE

SpoolPosition = Mapping[tuple[str, str], int]
"""(gateway, file) -> the last row of that file that is meant; rows count from 1."""


class SpoolFull(Busy):
    """There is no room: nothing was written, the client keeps its request and tries again later."""

    code = "spool_full"


class SpoolFailed(Busy):
    """The disk refused: nothing was acknowledged. Writing goes on by itself once the disk works again."""

    code = "spool_failed"


@dataclass(frozen=True)
class SpoolRow:
    """One accepted request. `body` is the uncompressed JSON array of its messages, `count` how many they are."""

    gateway: str
    file: str
    row: int
    receipt: Receipt
    body: bytes
    count: int


@dataclass(frozen=True, kw_only=True)
class SpoolLimits:
    """How large the spool may become, over all gateways of a data folder.

    What the engine has not taken is never deleted: at `max_bytes` of it, or with less than `min_free_bytes` left on
    the disk, requests are refused. What it has taken is kept for replay up to `keep_taken_bytes`, and gives way first.
    The alarm sounds at `alarm_at` of either bound.
    """

    max_bytes: int = 20 * GIGABYTE
    min_free_bytes: int = GIGABYTE
    keep_taken_bytes: int = 2 * GIGABYTE
    alarm_at: float = 0.8
    segment_bytes: int = 64 * MEGABYTE
    segment_rows: int = 1_000_000


@dataclass(frozen=True, kw_only=True)
class SpoolState:
    """How the spool stands, for `/health`. `reason` says in words why it is full, failing or close to either."""

    bytes: int
    untaken_bytes: int
    free_bytes: int
    alarm: bool = False
    full: bool = False
    failing: bool = False
    reason: str = ""


class SpoolWriter(Protocol):
    """The gateway's side. One writer per gateway name."""

    async def append(self, receipt: Receipt, body: bytes, count: int) -> None:
        """Write one request down; it is on the disk when this returns. Raises SpoolFull or SpoolFailed."""

    def state(self) -> SpoolState:
        """How the spool stands, as measured within the last second."""

    def close(self) -> None:
        """Write down what is under way and stop; an append after this raises SpoolFailed."""


class SpoolReader(Protocol):
    """The engine's side. It sees committed rows only, and any row that still exists as often as it asks."""

    def read(self, after: SpoolPosition, *, max_messages: int) -> list[SpoolRow]:
        """The rows after a position, in the order of each gateway: up to `max_messages` messages, or one larger row."""

    def ends(self) -> dict[tuple[str, str], int]:
        """The last committed row of every file."""

    def wait(self, timeout_s: float) -> None:
        """Return when something was written since the last `read` began, at the latest after `timeout_s`."""

    def discard(self, taken: SpoolPosition) -> list[tuple[str, str]]:
        """Tell what has been taken for good. Deletes wholly taken files that need not be kept; says which."""

    def close(self) -> None:
        """Let go of the files."""
