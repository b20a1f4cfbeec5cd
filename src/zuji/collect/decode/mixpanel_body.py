"""How Mixpanel's clients wrap what they send, and where they put the token of the project.

A body is a form whose `data` is JSON or base64 of it, or it is JSON itself, or JSON line by line. A GET has `data` in
its address.
"""

from __future__ import annotations

import binascii
from typing import Any

import msgspec

from zuji.collect.decode.item import Items, counted
from zuji.collect.decode.json_text import read_json
from zuji.collect.decode.request import Request
from zuji.collect.decode.wrapping import from_base64, read_form
from zuji.collect.inflate import gunzip, looks_gzipped
from zuji.collect.refusal import BadBody
from zuji.terms.secret import PUBLIC_KEY_PREFIX, SECRET_KEY_PREFIX

_JSON_BEGINNINGS = (b"{", b"[")
_FORM_BEGINNINGS = (b"data=", b"verbose=", b"ip=", b"api_key=", b"img=")
_NEAR = 200
"""The small fields of a form stand before or after its data."""


class _Properties(msgspec.Struct, gc=False):
    token: Any = None


class _Keyed(msgspec.Struct, gc=False):
    """An item of which only the token is read."""

    own: Any = msgspec.field(default=None, name="$token")
    properties: _Properties | None = None


_decode_keys = msgspec.json.Decoder(list[_Keyed] | _Keyed).decode


def open_items(request: Request, cap: int) -> Items:
    """The events or updates of a request. Raises BadBody when there is nothing to read."""
    plain = _unwrapped(request, cap)
    try:
        value = read_json(plain)
    except BadBody:
        lines = plain.split(b"\n") if request.path == "/import" else []
        if len(lines) < 2:
            raise
        return counted(Items([_line(line) for line in lines if line.strip()], len(plain)))
    return counted(Items(value if isinstance(value, list) else [value], len(plain)))


def find_key(request: Request, cap: int) -> str | None:
    """A key of ours that stands where a server puts its secret; else the one token that is named."""
    user = _user_name(request.headers.get("authorization", ""))
    if user.startswith((PUBLIC_KEY_PREFIX, SECRET_KEY_PREFIX)):
        return user
    if key := request.first("writeKey") or request.first("token"):
        return key
    try:
        tokens = _tokens_of(request, cap)
    except BadBody:
        return user or None
    return next(iter(tokens)) if len(tokens) == 1 else (user or None)


def is_form(request: Request) -> bool:
    """Whether the body is a form, whatever its content type says."""
    return request.body.lstrip()[:10].startswith(_FORM_BEGINNINGS)


def is_told(request: Request, name: str, value: str) -> bool:
    """Whether a small parameter has a value, in the address or beside the data of a form."""
    if request.first(name) == value:
        return True
    if not is_form(request):
        return False
    ends = request.body[:_NEAR].split(b"&") + request.body[-_NEAR:].split(b"&")
    return f"{name}={value}".encode() in ends


def _unwrapped(request: Request, cap: int) -> bytes:
    body = request.body.strip()
    if looks_gzipped(body):
        body = gunzip(body, cap).strip()
    if body.startswith(_JSON_BEGINNINGS):
        return body
    if body.startswith(_FORM_BEGINNINGS):
        body = read_form(body).get("data", [b""])[0].strip()
    data = body or (request.first("data") or "").encode("utf-8", "replace").strip()
    if not data:
        raise BadBody(400, "no_data", "there is no `data`, neither in the address nor in the body")
    if data.startswith(_JSON_BEGINNINGS):
        return data
    plain = from_base64(data)
    return gunzip(plain, cap) if looks_gzipped(plain) else plain


def _line(line: bytes) -> object:
    """One line of an import. What is no JSON is kept as its text, to wait in quarantine."""
    try:
        return read_json(line)
    except BadBody:
        return line.decode("utf-8", "replace")


def _tokens_of(request: Request, cap: int) -> set[str]:
    """What the items name as their project. Where one of them is odd the fast reader fails; then all are read."""
    try:
        found = _decode_keys(_unwrapped(request, cap))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {token for item in open_items(request, cap).values if (token := _token_of(item))}
    keyed = found if isinstance(found, list) else [found]
    named = [item.own or (item.properties and item.properties.token) for item in keyed]
    return {token for token in named if isinstance(token, str) and token}


def _token_of(item: object) -> str:
    """Events carry it among their properties, updates beside them."""
    if not isinstance(item, dict):
        return ""
    properties = item.get("properties")
    token = item.get("$token") or (properties.get("token") if isinstance(properties, dict) else None)
    return token if isinstance(token, str) else ""


def _user_name(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return binascii.a2b_base64(value.strip()).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return ""
