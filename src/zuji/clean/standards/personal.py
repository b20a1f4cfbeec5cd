"""Personal values made harmless before they are stored: hashed with the workspace's secret, masked, or left out."""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import Any, Literal

import msgspec

from zuji.govern.masking import mask_text

Treatment = Literal["keep", "hash", "mask", "drop"]
"""`hash`: equal values stay equal, and nobody can turn them back; `mask`: enough stays to recognise what one knows."""

_canonical = msgspec.json.Encoder(order="deterministic").encode


def treated(value: Any, treatment: Treatment, secret: bytes) -> Any:
    """A value as it may be stored. What is nothing stays nothing; inside lists each is treated by itself.

    >>> treated("13812348000", "mask", b""), treated("张三丰", "mask", b""), treated(None, "hash", b"x")
    ('138****8000', '张***', None)
    """
    if value is None or value == "" or treatment == "keep":
        return value
    if isinstance(value, list):
        return [treated(each, treatment, secret) for each in value]
    if treatment == "mask":
        return masked(value)
    return hashed(_text(value), secret)


@lru_cache(maxsize=65_536)
def hashed(text: str, secret: bytes) -> str:
    """HMAC-SHA256 of a value in hexadecimal: whoever has not the secret cannot try all phone numbers."""
    return hmac.digest(secret, text.encode(errors="surrogatepass"), "sha256").hex()


def masked(value: Any) -> str:
    """By what it looks like; of anything else the first character stays."""
    if not isinstance(value, str):
        return "***"
    known = mask_text(value)
    return known if known != value else f"{value[0]}***"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _canonical(value).decode()
