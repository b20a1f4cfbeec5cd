"""How 神策 clients wrap their events: base64, mostly gzipped, in a query, a form, or a form called text.

`data` holds one event, `data_list` an array; both are taken wherever they stand. `gzip=1` and `ext=crc=...` are not
believed: the first bytes say what is compressed, and clients are known to send wrong checksums.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote_to_bytes

from zuji.collect.decode.item import Items
from zuji.collect.decode.json_text import read_json
from zuji.collect.decode.request import Request
from zuji.collect.inflate import gunzip, looks_gzipped
from zuji.collect.refusal import BadBody

_NAMES = ("data", "data_list")
_FORM_BEGINNINGS = (b"data=", b"data_list=", b"gzip=", b"ext=", b"crc=", b"project=", b"token=")
_MAX_FIELDS = 64
_PADDING = b"==="
_FROM_URL_SAFE = bytes.maketrans(b"-_ ", b"+/+")
"""The URL-safe alphabet is taken too; a space was a `+` before somebody decoded it."""


def read_items(request: Request, cap: int) -> Items:
    """All events of a request, whatever their wrapping. `cap` bounds what compressed ones may grow to, together."""
    values: list[object] = []
    size = 0
    for wrapped in _wrapped_values(request):
        plain = unwrap(wrapped, cap - size)
        size += len(plain)
        value = read_json(plain)
        if isinstance(value, list):
            values.extend(value)
        else:
            values.append(value)
    if not size:
        raise BadBody(400, "no_data", "there is neither `data` nor `data_list`, in the query or in the body")
    return Items(values, size)


def unwrap(wrapped: bytes, cap: int) -> bytes:
    """The JSON inside base64, gzip, or both; JSON that is not wrapped at all passes.

    >>> unwrap(b"eyJhIjoxfQ==", 100), unwrap(b'{"a":1}', 100)
    (b'{"a":1}', b'{"a":1}')
    """
    data = wrapped.strip()
    if data[:1] not in (b"{", b"[") and not looks_gzipped(data):
        data = _from_base64(data)
    if looks_gzipped(data):
        return gunzip(data, cap)
    if len(data) > cap:
        raise BadBody(413, "body_too_big", "the events of this request are larger than its source allows")
    return data


def _wrapped_values(request: Request) -> Iterator[bytes]:
    for name in _NAMES:
        for value in request.query.get(name, ()):
            yield value.encode("utf-8", "replace")
    body = request.body.strip()
    if not body:
        return
    if body.startswith(_FORM_BEGINNINGS):
        yield from _form_values(body)
    else:
        yield body


def _form_values(body: bytes) -> Iterator[bytes]:
    """The data fields of a form. The usual form has one of them and is not split, only unescaped."""
    try:
        form = parse_qs(body, max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise BadBody(400, "bad_form", f"the form cannot be read: {error}") from None
    for name in _NAMES:
        yield from form.get(name.encode(), ())


def _from_base64(data: bytes) -> bytes:
    if b"%" in data[-12:]:
        # Escaped twice: seen from clients behind a proxy that escapes once more. Padding shows it.
        data = unquote_to_bytes(data)
    try:
        return base64.b64decode(data.translate(_FROM_URL_SAFE) + _PADDING)
    except (binascii.Error, ValueError):
        raise BadBody(400, "bad_base64", "`data` is not base64") from None
