"""What comes into cleaning: one message with the receipt of its request, its place in the order, and its source."""

from __future__ import annotations

import msgspec

from zuji.terms.message import Message, Receipt
from zuji.terms.source import Source


class Received(msgspec.Struct, frozen=True, gc=False):
    """One message as it came. `position` is its place in the one order of everything received.

    One is made for every event, so it is a struct: a frozen dataclass takes 1 µs to make.
    """

    position: int
    receipt: Receipt
    message: Message
    source: Source
