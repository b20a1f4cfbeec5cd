"""Looks for a text in the raw files of an event store, through the engine's compression."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import lz4.block
import pyarrow as pa

CHECKSUM, HEADER = 16, 9
LZ4, ZSTD, PLAIN = 0x82, 0x90, 0x02


ATTEMPTS = 50


def holds(folder: Path, text: str) -> bool:
    """Whether any file below the folder holds the text, as it is or compressed.

    The engine may remove old parts meanwhile. What vanished may be back under another name, so all is read again.
    """
    for _ in range(ATTEMPTS):
        try:
            return _any_file_holds(folder, text.encode())
        except FileNotFoundError:
            time.sleep(0.1)
    raise TimeoutError(f"files below {folder} kept vanishing while they were read")


def _any_file_holds(folder: Path, wanted: bytes) -> bool:
    for file in folder.rglob("*"):
        if file.is_file() and (wanted in file.read_bytes() or any(wanted in block for block in _blocks(file))):
            return True
    return False


def _blocks(file: Path) -> Iterator[bytes]:
    """The blocks of a data file, decompressed: checksum, method, size with header, size when decompressed, data."""
    if file.suffix != ".bin":
        return
    data, at = file.read_bytes(), 0
    while at + CHECKSUM + HEADER <= len(data):
        head = data[at + CHECKSUM :]
        size, plain = int.from_bytes(head[1:5], "little"), int.from_bytes(head[5:9], "little")
        if head[0] == LZ4:
            yield lz4.block.decompress(head[HEADER:size], uncompressed_size=plain)
        elif head[0] == ZSTD:
            yield pa.decompress(head[HEADER:size], plain, codec="zstd", asbytes=True)
        elif head[0] == PLAIN:
            yield head[HEADER:size]
        at += CHECKSUM + size
