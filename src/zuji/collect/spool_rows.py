"""A request as a row of the spool: how the writer packs it and the reader unpacks it."""

from __future__ import annotations

import lz4.frame

from zuji.terms.message import Receipt, encode_receipt

WORTH_COMPRESSING = 4096
"""Bytes. A single event would shrink by a quarter, for more work than writing that quarter takes."""

_FRAME_BEGINS = b"\x04\x22\x4d\x18"
"""The magic number of an LZ4 frame. A body is a JSON array or object, which never begins so."""

Row = tuple[bytes, bytes, int]


def pack(receipt: Receipt, body: bytes, count: int) -> Row:
    """The columns `receipt`, `body` and `messages`."""
    if len(body) >= WORTH_COMPRESSING or body.startswith(_FRAME_BEGINS):
        body = lz4.frame.compress(body, store_size=False)
    return encode_receipt(receipt), body, count


def unpack_body(packed: bytes) -> bytes:
    """The body as it was appended. RuntimeError when it is damaged.

    >>> unpack_body(b"[]"), unpack_body(lz4.frame.compress(b"[]"))
    (b'[]', b'[]')
    """
    return lz4.frame.decompress(packed) if packed.startswith(_FRAME_BEGINS) else packed
