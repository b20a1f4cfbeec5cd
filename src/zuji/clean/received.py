"""What comes into cleaning: one message with the receipt of its request, its place in the order, and its source."""

from __future__ import annotations

from dataclasses import dataclass

from zuji.terms.message import Message, Receipt
from zuji.terms.source import Source


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came. `position` is its place in the one order of everything received."""

    position: int
    receipt: Receipt
    message: Message
    source: Source
