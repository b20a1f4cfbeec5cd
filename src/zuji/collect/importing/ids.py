"""The ids of rows: the same row has the same id today and in a year, so that importing it again changes nothing.

A key names what happened once: a sale is the same sale however it is told. What somebody is like changes, and the row
of a customer keeps its key while it does; so a row that speaks of a profile is known by its key and by what it says.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import polars as pl

from zuji.collect.decode.ids import MAX_MESSAGE_ID
from zuji.collect.importing.cells import text_of
from zuji.collect.importing.chunk import Chunk
from zuji.collect.importing.mapping import TRACK, Cell, Mapping
from zuji.collect.importing.messages import ID
from zuji.collect.importing.occurrences import Occurrences

_BETWEEN = "\x1f"
_NOTHING = "\x00"
_OF_PROFILES = frozenset({"identify", "group", "profile"})
"""Kinds of messages that say what somebody is like, not what happened."""


class RowIds:
    """Names rows by the mapping's own message id, else by its key, else by content and occurrence."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._occurrences = Occurrences()

    def of(self, chunk: Chunk) -> pl.Series:
        """The ids of a chunk's rows. Every row of the file must pass here in its order, also what is not sent."""
        made = self._mended(chunk) if chunk.known_as is not None else self._made(chunk)
        cell = self._mapping.message_id
        if cell is None:
            return made
        given = [text if text and len(text) <= MAX_MESSAGE_ID else None for text in _texts(chunk.frame, cell)]
        return pl.Series(ID, given, dtype=pl.String).fill_null(made)

    def close(self) -> None:
        """Let go of what was counted."""
        self._occurrences.close()

    def _mended(self, chunk: Chunk) -> pl.Series:
        """A row out of a file of rejects keeps the id that its number gave it, however it was mended."""
        if self._mapping.key or chunk.known_as is None:
            return self._made(chunk)
        return pl.Series(ID, [_hashed("mended", text) for text in chunk.known_as.to_list()], dtype=pl.String)

    def _made(self, chunk: Chunk) -> pl.Series:
        if self._mapping.key:
            return self._by_key(chunk.frame)
        texts = _joined(chunk.frame) if chunk.content is None else chunk.content.to_list()
        digests = [blake2b(text.encode(), digest_size=16).digest() for text in texts]
        short = np.frombuffer(b"".join(digests), dtype=np.uint64)[::2] if digests else np.zeros(0, dtype=np.uint64)
        numbers = self._occurrences.next(short).tolist()
        return pl.Series(
            ID,
            [
                f"row-{digest.hex()}" if number == 0 else f"row-{digest.hex()}-{number + 1}"
                for digest, number in zip(digests, numbers, strict=True)
            ],
            dtype=pl.String,
        )

    def _by_key(self, frame: pl.DataFrame) -> pl.Series:
        keys = _joined(frame.select(self._mapping.key))
        if self._mapping.type == TRACK:
            return pl.Series(ID, [_hashed("key", key) for key in keys], dtype=pl.String)
        # Of what the mapping reads alone: a column that nobody asked for may change without a message.
        said = _joined(frame.select(sorted(self._mapping.needed())))
        named = (
            _hashed("said", f"{key}{_BETWEEN}{row}") if kind in _OF_PROFILES else _hashed("key", key)
            for key, row, kind in zip(keys, said, _texts(frame, self._mapping.type), strict=True)
        )
        return pl.Series(ID, list(named), dtype=pl.String)


def _texts(frame: pl.DataFrame, cell: Cell) -> list[str | None]:
    return frame.with_columns(text_of(cell).alias(ID))[ID].to_list()


def _joined(frame: pl.DataFrame) -> list[str]:
    """Each row as one text."""
    return frame.select(pl.concat_str(pl.all().fill_null(_NOTHING), separator=_BETWEEN).alias("content"))[
        "content"
    ].to_list()


def _hashed(kind: str, text: str) -> str:
    return f"{kind}-{blake2b(text.encode(), digest_size=16).hexdigest()}"
