"""The state of one stretch of one anchor: what its events come to, atom by atom, and how it is written down.

Figures are plain lists, dicts and numbers, so that a state is written and read as MessagePack in one call each.
"""

from __future__ import annotations

from typing import Any

import msgspec

Slots = dict[int, Any]
"""What each atom holds, by its place among the atoms; nothing where no event came."""

OVERFLOW = False
"""In place of what an atom holds: it had too much of it. Such a person is worked out from the store."""


class State(msgspec.Struct, array_like=True, gc=False):
    """What the events of one stretch of an anchor come to. Its fields are what is written, in this order.

    `made_by` names the atoms. `is_seen`: rules have looked at an event, so they are asked of whoever owns this.
    `pruned`: the hour in which buckets beyond all windows were last dropped. `waiting`: events whose time has not come.
    """

    made_by: int
    anchor: int
    slots: Slots = msgspec.field(default_factory=dict)
    is_seen: bool = False
    pruned: int = 0
    waiting: list[dict[str, Any]] = msgspec.field(default_factory=list)

    @property
    def overflows(self) -> bool:
        """Whether an atom had too much to hold."""
        return any(held is OVERFLOW for held in self.slots.values())


encode = msgspec.msgpack.Encoder().encode
"""The state as bytes."""


def decode(data: bytes, made_by: int) -> State | None:
    """The state of these bytes; None when it was made by other atoms, so that it must be made anew."""
    state = _decode(data)
    return state if state.made_by == made_by else None


_decode = msgspec.msgpack.Decoder(State).decode
