"""The state of one stretch of one anchor: what its events come to, atom by atom, and how it is written down.

Figures are plain lists, dicts and numbers, so that a state is written and read as MessagePack in one call each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

Slots = dict[int, Any]
"""What each atom holds, by its place among the atoms; nothing where no event came."""

OVERFLOW = False
"""In place of what an atom holds: it had too much of it. Such a person is worked out from the store."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


@dataclass(slots=True)
class State:
    """What the events of one stretch of an anchor come to.

    `is_seen`: rules have looked at an event, so they are asked of whoever owns this. `pruned`: the hour in which
    buckets beyond all windows were last dropped. `waiting`: events whose time has not come.
    """

    anchor: int
    slots: Slots = field(default_factory=dict)
    is_seen: bool = False
    pruned: int = 0
    waiting: list[dict[str, Any]] = field(default_factory=list)

    @property
    def overflows(self) -> bool:
        """Whether an atom had too much to hold."""
        return any(held is OVERFLOW for held in self.slots.values())


def encode(state: State, signature: int) -> bytes:
    """The state as bytes. `signature` names the atoms by which it was made."""
    return _encode((signature, state.anchor, state.slots, state.is_seen, state.pruned, state.waiting))


def decode(data: bytes, signature: int) -> State | None:
    """The state of these bytes; None when it was made by other atoms, so that it must be made anew."""
    made_by, *fields = _decode(data)
    return State(*fields) if made_by == signature else None
