"""JSON as clients really write it: read strictly and fast, else leniently; what comes out can always be written again.

Python clients write `NaN`, JavaScript cuts emoji in half and leaves a lone surrogate, proxies cut UTF-8. None of that
is worth a batch of a hundred events: such a body is read again by the slow reader, and only the broken value suffers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

import msgspec

from zuji.collect.refusal import BadBody

MAX_DEPTH = 64
"""Deepest nesting of one event. A reader further on works on a deeper stack and must not be the one to fail."""

_BRACKETS = (dict, list)
_MAX_INTEGER = 2**64 - 1
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def read_json(body: bytes) -> object:
    """The value of a JSON text. Raises BadBody 400 when even the slow reader can make nothing of it.

    >>> read_json(b'{"price": NaN, "name": "cut \\\\ud83d"}')
    {'price': None, 'name': 'cut �'}
    """
    try:
        value: object = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _read_leniently(body)
    return value


def write_json(value: object) -> bytes:
    """The value as compact JSON."""
    return _encode(value)


def too_deep(value: object, text: bytes) -> bool:
    """Whether a value, whose JSON is `text`, is nested deeper than `MAX_DEPTH`.

    Counting brackets spares nearly every event the walk, which goes level by level, so that depth costs no stack.

    >>> too_deep([[[1]]], b"[[[1]]]")
    False
    """
    if text.count(b"{") + text.count(b"[") <= MAX_DEPTH:
        return False
    level = [value] if isinstance(value, _BRACKETS) else []
    for _ in range(MAX_DEPTH):
        level = [child for item in level for child in _children(item) if isinstance(child, _BRACKETS)]
        if not level:
            return False
    return True


def _children(value: object) -> Iterable[object]:
    """What lies directly in an object or array."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def whole(value: object) -> msgspec.Raw:
    """A rejected item for quarantine, complete. One that is nested too deep is kept as the text of its JSON.

    >>> bytes(whole([1, 2]))
    b'[1,2]'
    """
    text = _encode(value)
    if too_deep(value, text):
        return msgspec.Raw(_encode(text.decode()))
    return msgspec.Raw(text)


def _read_leniently(body: bytes) -> object:
    """By the standard library, which takes NaN and lone surrogates; then everything unwritable is replaced."""
    try:
        text = body.decode("utf-8", "replace").removeprefix("\ufeff")
        return _writable(json.loads(text, parse_constant=lambda _: None))
    except (ValueError, RecursionError) as error:
        raise BadBody(400, "invalid_json", f"the body is not valid JSON: {error}"[:300]) from None


def _writable(value: object) -> object:
    """The value without what JSON in UTF-8 cannot say: lone surrogates, infinities, integers beyond 64 bits."""
    if isinstance(value, str):
        return value if value.isascii() else _without_lone_surrogates(value)
    if isinstance(value, dict):
        return {_without_lone_surrogates(key): _writable(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_writable(child) for child in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int) and abs(value) > _MAX_INTEGER:
        return _rounded(value)
    return value


def _without_lone_surrogates(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _rounded(value: int) -> float | None:
    """An integer beyond 64 bits as every JavaScript client would read it."""
    try:
        return float(value)
    except OverflowError:
        return None
