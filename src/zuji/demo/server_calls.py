"""What the company's own systems send: till, support, customer file. Their keys are secret, their word counts more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zuji.demo import wire
from zuji.demo.catalogue import yuan_text
from zuji.demo.scribe import Deed, Door, Scribe
from zuji.demo.truth import NO_FAULT, Fault

SERVER = {"library": wire.SERVER_LIBRARY}


@dataclass(slots=True)
class Told:
    """What somebody told about themselves: as typed, as it truly identifies them, and what is false about it."""

    traits: dict[str, Any] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    faults: Fault = NO_FAULT


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a call is about: the true person, and the ids the system has for them (empty = it has none)."""

    actor: int
    user_id: str = ""
    anonymous_id: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The ids as evidence."""
        ids = (("user_id", self.user_id), ("anonymous_id", self.anonymous_id))
        return tuple(f"{kind}:{value}" for kind, value in ids if value)


def tell_who(scribe: Scribe, door: Door, about: Subject, told: Told, at: int) -> None:
    """An identify call."""
    message_id = scribe.new_id(door)
    message = wire.segment_message(
        "identify", "identify", message_id, at, anonymous_id=about.anonymous_id, user_id=about.user_id,
        context=SERVER, traits=told.traits,
    )  # fmt: skip
    names = (*about.names, *told.names)
    deed = Deed(at, about.actor, "identify", "identify", faults=told.faults, names=names, secret=True)
    scribe.write(door, message, message_id, deed)


def tell_what(
    scribe: Scribe, door: Door, about: Subject, event: str, properties: dict[str, Any], at: int, *,
    fen: int | None = None,
) -> None:  # fmt: skip
    """A track call, perhaps worth an amount."""
    message_id = scribe.new_id(door)
    message = wire.segment_message(
        "track", event, message_id, at, anonymous_id=about.anonymous_id, user_id=about.user_id,
        context=SERVER, properties=properties,
    )  # fmt: skip
    amount = yuan_text(fen) if fen is not None else ""
    deed = Deed(at, about.actor, "track", event, amount=amount, names=about.names, secret=True)
    scribe.write(door, message, message_id, deed)
