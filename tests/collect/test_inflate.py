"""Compressed bodies: whatever they are labelled, and however much they would like to grow."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest

from zuji.collect.decode.request import BadBody
from zuji.collect.inflate import gunzip, inflate

TEXT = b'{"batch":[{"type":"track"}]}' * 10
CAP = 1_000_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), "X-GZIP"),
        (gzip.compress(TEXT), ""),
        (TEXT, "gzip"),
        (gzip.compress(TEXT[:50]) + gzip.compress(TEXT[50:]), "gzip"),
        (gzip.compress(TEXT) + b"\0" * 20, "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (raw_deflate(TEXT), "deflate"),
        (gzip.compress(zlib.compress(TEXT)), "deflate, gzip"),
    ],
)
def test_a_body_comes_out_as_it_went_in(body: bytes, encoding: str) -> None:
    assert inflate(body, encoding, CAP) == TEXT


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (gzip.compress(TEXT)[:-9], "gzip", 400),
        (b"\x1f\x8b" + b"nonsense" * 5, "", 400),
        (b"nonsense", "deflate", 400),
        (b"nonsense", "gzip", 400),
        (TEXT, "br", 415),
        (TEXT, "gzip, gzip, gzip, gzip", 400),
        (gzip.compress(b"") * 65, "gzip", 400),
        (b"x" * (CAP + 1), "", 413),
        (gzip.compress(b"x" * (CAP + 1)), "gzip", 413),
        (raw_deflate(b"x" * (CAP + 1)), "deflate", 413),
    ],
)
def test_a_damaged_or_too_large_body_is_refused(body: bytes, encoding: str, status: int) -> None:
    with pytest.raises(BadBody) as refused:
        inflate(body, encoding, CAP)
    assert refused.value.status == status


def test_a_body_of_exactly_the_cap_passes() -> None:
    assert len(gunzip(gzip.compress(b"x" * CAP), CAP)) == CAP


def test_a_bomb_never_takes_more_memory_than_the_cap_allows() -> None:
    bomb = gzip.compress(b"\0" * 300_000_000, compresslevel=1)
    tracemalloc.start()
    with pytest.raises(BadBody) as refused:
        gunzip(bomb, CAP)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.status == 413
    assert peak < 4 * CAP
