"""What events state about people, kept once per identifier and wording; when it was said is evidence as well."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import msgspec

from zuji.identify.memory import Link
from zuji.identify.turn import Turn
from zuji.store import identity
from zuji.terms.subject import Statement, Subject

KEPT: Final = 100_000  # wordings remembered; about 150 bytes each

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Statement, ...]).decode
_encode_text = msgspec.json.Encoder().encode
_decode_text = msgspec.json.Decoder(tuple[Statement, ...]).decode
TEXT: Final = b"["
"""How a text begins, and no packed tuple."""

Wording = tuple[int, int]
"""(anchor, digest of who said what with which key)."""


class StatementLog:
    """Gives every wording its number, the same whenever it is said again."""

    def __init__(self, *, kept: int = KEPT) -> None:
        self._kept = kept
        self._numbers: dict[Wording, int] = {}

    def take(self, turn: Turn, stating: Sequence[tuple[Subject, Link]]) -> None:
        """Write down what events state. A statement belongs to its event's anchor."""
        said: list[tuple[Wording, Subject, bytes]] = []
        for subject, link in stating:
            if link.anchor:
                body = packed(subject.statements)
                said.append(((link.anchor, _digest(subject, body)), subject, body))
                turn.told.append((subject.workspace, link, subject.at))
        if not said:
            return
        unknown = {wording for wording, _, _ in said if wording not in self._numbers}
        for anchor, digest, number in identity.statement_ids(turn.connection, list(unknown)):
            self._numbers[anchor, digest] = number
        for wording, subject, body in said:
            number = self._numbers.get(wording, 0)
            if not number:
                number = self._numbers[wording] = turn.memory.next_number("evidence")
                turn.writes.statements.append((number, *wording, subject.key, subject.source, body))
            turn.evidence.append((number, subject.at, subject.event_id))

    def clear(self) -> None:
        """Forget everything in memory."""
        self._numbers.clear()

    def evict(self) -> None:
        """Never remember more than so many."""
        if len(self._numbers) > self._kept:
            self._numbers = dict(list(self._numbers.items())[self._kept // 2 :])


def packed(statements: tuple[Statement, ...]) -> bytes:
    """The statements of a wording as they are stored: MessagePack, or JSON for a number of more than 64 bits.

    >>> statements_in(packed((Statement("set", "tokens", 2**200),)))[0].value == 2**200
    True
    """
    try:
        return _encode(statements)
    except OverflowError:
        return _encode_text(statements)


def statements_in(body: bytes) -> tuple[Statement, ...]:
    """The statements of a stored wording."""
    return _decode_text(body) if body.startswith(TEXT) else _decode(body)


def _digest(subject: Subject, body: bytes) -> int:
    words = b"\0".join((subject.key.encode(), subject.source.encode(), body))
    return int.from_bytes(blake2b(words, digest_size=8).digest(), "big", signed=True)
