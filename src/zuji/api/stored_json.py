"""JSON as it was stored, on its way out: told as it is where it can be read, as a text where it cannot.

What clients sent is kept byte for byte, also what JSON allows and no reader can hold, such as the number 1e999. One
such value must not cost a reader the page it stands on.
"""

from __future__ import annotations

import msgspec

from zuji.govern.masking import mask_text, mask_value

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode
NOTHING = msgspec.Raw(b"{}")


def told(stored: str | bytes | msgspec.Raw, *, shown: bool, name: str = "") -> msgspec.Raw:
    """The stored value as JSON that every reader can read. Without `shown`, personal values are masked, also by `name`.

    >>> bytes(told('{"n":1e999}', shown=True)), bytes(told('{"n":[1]}', shown=True)), bytes(told("", shown=True))
    (b'"{\\\\"n\\\\":1e999}"', b'{"n":[1]}', b'{}')
    """
    if not stored:
        return NOTHING
    try:
        value = _decode(stored)
        return msgspec.Raw(stored if shown else _encode(mask_value(value, name=name)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        text = stored if isinstance(stored, str) else bytes(stored).decode("utf-8", "replace")
        return msgspec.Raw(_encode(text if shown else mask_text(text)))
