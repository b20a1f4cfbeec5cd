"""Writes each thing down twice: as it goes over the wire, and as it truly was.

Faults enter here: repeats, spoilt relatives, late arrival. Nothing reaches the wire past the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from zuji.demo import faults
from zuji.demo.truth import NO_FAULT, EventRow, Fault

Door = Literal["web", "app", "mini_program", "pos", "support", "crm", "blog"]
SEGMENT_DOORS: frozenset[Door] = frozenset({"web", "app", "pos", "support", "crm"})


class Said(NamedTuple):
    """One message on its way: when it reaches the gateway (world time), by which door, from a clock how far ahead."""

    arrives: int
    door: Door
    clock_error_ms: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Deed:
    """What truly happened, without the wire: who did what when, and what evidence it carries about who they are."""

    at: int
    actor: int
    type: str
    event: str
    amount: str = ""
    faults: Fault = NO_FAULT
    ambiguous: bool = False
    robot: bool = False
    names: tuple[str, ...] = ()
    secret: bool = False


class Book(Protocol):
    """Where the truth goes."""

    def event(self, row: EventRow) -> None:
        """One message as it truly was."""

    def evidence(self, actor: int, identifiers: tuple[str, ...], *, secret: bool, at: int, event_id: str) -> None:
        """These identifiers were named together."""


class Scribe:
    """Takes deeds and messages; hands out what has to be sent.

    `drifts_from`: when the new releases are out. `until`: when the history ends; what would come later never happens.
    """

    def __init__(self, book: Book, rng: Random, *, drifts_from: int, until: int | None) -> None:
        self.rng = rng
        self.drifts_from = drifts_from
        self.until = until
        self._book = book
        self._outbox: list[Said] = []
        self._encode = msgspec.json.Encoder().encode

    def new_id(self, prefix: str) -> str:
        """A message id in the shape of the SDK that the prefix names."""
        return f"{prefix}-{self.rng.getrandbits(96):024x}"

    def write(
        self,
        door: Door,
        message: dict[str, Any],
        event_id: str,
        deed: Deed,
        *,
        clock_error_ms: int = 0,
        delay_ms: int = 0,
    ) -> None:
        """One message goes out, perhaps late, perhaps more than once, perhaps with a spoilt relative."""
        if self.until is not None and deed.at >= self.until:
            return
        body = self._encode(message)
        arrives = deed.at + delay_ms
        again = () if deed.robot else faults.repeats(self.rng)
        for wait in (0, *again):
            self._outbox.append(Said(arrives + wait, door, clock_error_ms, body))
        flags = deed.faults
        if again:
            flags |= Fault.DUPLICATE
        if delay_ms:
            flags |= Fault.LATE
        if clock_error_ms:
            flags |= Fault.SKEWED
        self._note(door, deed, event_id, copies=1 + len(again), flags=flags, problem="")
        if deed.names:
            self._book.evidence(deed.actor, deed.names, secret=deed.secret, at=deed.at, event_id=event_id)
        if door in SEGMENT_DOORS and not deed.robot and self.rng.random() < faults.SPOILT_SHARE:
            self._spoil(door, message, deed)

    def take(self) -> list[Said]:
        """Everything said since the last call."""
        said, self._outbox = self._outbox, []
        return said

    def _spoil(self, door: Door, message: dict[str, Any], deed: Deed) -> None:
        event_id = self.new_id("bad")
        broken, problem = faults.spoil(message, event_id, deed.at, self.rng)
        self._outbox.append(Said(deed.at, door, 0, self._encode(broken)))
        self._note(door, deed, event_id, copies=1, flags=Fault.BAD, problem=problem)

    def _note(self, door: Door, deed: Deed, event_id: str, *, copies: int, flags: Fault, problem: str) -> None:
        amount = "" if problem else deed.amount
        self._book.event(
            (event_id, deed.at, deed.type, deed.event, door, deed.actor, deed.ambiguous, deed.robot, copies,
             int(flags), problem, amount)
        )  # fmt: skip
