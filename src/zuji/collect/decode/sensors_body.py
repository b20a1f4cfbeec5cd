"""How 神策 clients wrap their events: base64, mostly gzipped, in a query, a form, or a form called text.

`data` holds one event, `data_list` an array; both are taken wherever they stand. `gzip=1` and `ext=crc=...` are not
believed: the first bytes say what is compressed, and clients are known to send wrong checksums.
"""

from __future__ import annotations

from collections.abc import Iterator

from zuji.collect.decode.item import Items, counted
from zuji.collect.decode.json_text import read_json
from zuji.collect.decode.request import Request
from zuji.collect.decode.wrapping import from_base64, read_form
from zuji.collect.inflate import gunzip, looks_gzipped
from zuji.collect.refusal import BadBody

_NAMES = ("data", "data_list")
_FORM_BEGINNINGS = (b"data=", b"data_list=", b"gzip=", b"ext=", b"crc=", b"project=", b"token=")


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
    return counted(Items(values, size))


def unwrap(wrapped: bytes, cap: int) -> bytes:
    """The JSON inside base64, gzip, or both; JSON that is not wrapped at all passes.

    >>> unwrap(b"eyJhIjoxfQ==", 100), unwrap(b'{"a":1}', 100)
    (b'{"a":1}', b'{"a":1}')
    """
    data = wrapped.strip()
    if data[:1] not in (b"{", b"[") and not looks_gzipped(data):
        data = from_base64(data)
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
        form = read_form(body)
        for name in _NAMES:
            yield from form.get(name, ())
    else:
        yield body
