"""Decompression that cannot be bombed: output grows piece by piece and stops at a cap.

Clients label bodies badly (gzip as `text/plain` without Content-Encoding, gzip as a form), so the first bytes decide
as well as the header. Gzip and deflate are all that clients of our protocols ever send; zstd and br, which browsers and
proxies know for answers, are refused with 415.
"""

from __future__ import annotations

import zlib

from zuji.collect.refusal import BadBody

GZIP_MAGIC = b"\x1f\x8b"
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS
_MAX_ENCODINGS = 3
"""`Content-Encoding: gzip, gzip, gzip, ...` would multiply the work of one request."""
_MAX_MEMBERS = 64
"""A body of empty gzip members would cost a copy of the rest for each of them."""


def looks_gzipped(data: bytes) -> bool:
    """Whether the bytes begin as gzip does; JSON, forms and base64 never do."""
    return data[:2] == GZIP_MAGIC


def gunzip(data: bytes, cap: int) -> bytes:
    """The inflated bytes of a gzip or zlib stream, also of several gzip members in a row.

    Raises BadBody 400 when the stream is damaged or cut short, 413 when it would grow beyond `cap` bytes.
    """
    return _inflate_streams(data, cap, _GZIP_OR_ZLIB)


def inflate(body: bytes, encoding: str, cap: int) -> bytes:
    """The body without its Content-Encoding. Gzip without a header is noticed too.

    A body that is labelled gzip but is plain JSON passes as it is: some proxies inflate and forget the header.
    """
    if not encoding and not looks_gzipped(body) and len(body) <= cap:
        return body
    codings = [name for name in (part.strip().lower() for part in encoding.split(",")) if name not in ("", "identity")]
    if len(codings) > _MAX_ENCODINGS:
        raise BadBody(400, "bad_encoding", f"at most {_MAX_ENCODINGS} content encodings in a row, got {len(codings)}")
    for coding in reversed(codings):
        body = _decode_one(body, coding, cap)
    if looks_gzipped(body):
        body = gunzip(body, cap)
    if len(body) > cap:
        raise _too_big(cap)
    return body


def _decode_one(body: bytes, coding: str, cap: int) -> bytes:
    if coding in ("gzip", "x-gzip"):
        if body[:1] in (b"{", b"["):
            return body
        return gunzip(body, cap)
    if coding == "deflate":
        return _inflate_deflate(body, cap)
    raise BadBody(415, "unknown_encoding", f"Content-Encoding {coding[:40]!r} is not known; send gzip, deflate or none")


def _inflate_deflate(body: bytes, cap: int) -> bytes:
    """HTTP's deflate is zlib by the book and raw deflate in practice; both are taken."""
    try:
        return _inflate_streams(body, cap, _GZIP_OR_ZLIB)
    except BadBody as error:
        if error.status != 400:
            raise
        return _inflate_streams(body, cap, _RAW_DEFLATE)


def _inflate_streams(data: bytes, cap: int, window_bits: int) -> bytes:
    """One compressed stream, or several one after the other, into at most `cap` bytes."""
    pieces: list[bytes] = []
    size = 0
    while data:
        if len(pieces) == _MAX_MEMBERS:
            raise BadBody(400, "bad_compression", f"the compressed body has more than {_MAX_MEMBERS} members")
        stream = zlib.decompressobj(window_bits)
        try:
            # One byte more than allowed is asked for: getting it proves that the cap is exceeded.
            piece = stream.decompress(data, cap - size + 1)
        except zlib.error as error:
            raise BadBody(400, "bad_compression", f"the compressed body is damaged: {error}") from None
        size += len(piece)
        if size > cap:
            raise _too_big(cap)
        if not stream.eof:
            raise BadBody(400, "bad_compression", "the compressed body is cut short")
        pieces.append(piece)
        # Padding after the last member is allowed by RFC 1952's readers: zeros are ignored.
        data = stream.unused_data.lstrip(b"\0")
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _too_big(cap: int) -> BadBody:
    return BadBody(413, "body_too_big", f"the inflated body is larger than {cap} bytes; send smaller batches")
