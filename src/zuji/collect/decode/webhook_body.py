"""What the body of a webhook says, whatever its content type: JSON, a form, or the parameters of a GET."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from zuji.collect.decode.json_text import read_json
from zuji.collect.decode.request import Request
from zuji.collect.decode.wrapping import MAX_ESCAPES
from zuji.collect.refusal import BadBody

MAX_FORM_FIELDS = 1_000
KEY_PARAMETER = "writeKey"

_JSON_BEGINNINGS = (b"{", b"[")
_LOOKS_LIKE_A_FORM = re.compile(rb"[^=&\s{<\"]{1,200}=")


def document_of(request: Request) -> object:
    """The payload. What can be read as neither JSON nor a form is its text, so that it can be kept whole."""
    body = request.body.strip()
    if not body:
        return {name: values[0] for name, values in request.query.items() if name != KEY_PARAMETER and values}
    if not body.startswith(_JSON_BEGINNINGS) and _LOOKS_LIKE_A_FORM.match(body):
        try:
            return _read_form(body)
        except ValueError:  # too many fields or escapes
            return body.decode("utf-8", "replace")
    try:
        return read_json(body)
    except BadBody:
        return body.decode("utf-8", "replace")


def _read_form(body: bytes) -> dict[str, object]:
    """The fields of a form, the first of each name. Slack and others put a JSON object into a field."""
    if body.count(b"%") > MAX_ESCAPES:
        raise ValueError(f"more than {MAX_ESCAPES} escapes")
    pairs = parse_qsl(
        body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=MAX_FORM_FIELDS
    )
    fields: dict[str, object] = {}
    for name, text in pairs:
        fields.setdefault(name, _inner(text))
    return fields


def _inner(text: str) -> object:
    if not text.startswith("{"):
        return text
    try:
        return read_json(text.encode("utf-8", "replace"))
    except BadBody:
        return text
