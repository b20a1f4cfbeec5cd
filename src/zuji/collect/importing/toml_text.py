"""A mapping as TOML for people to edit: one line per cell, a comment where a guess should be looked at.

What has no line has no comment, but for the time: a mapping without one is nearly always a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from typing import Any

from zuji.collect.importing.mapping import Mapping, document_of_mapping

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SECTIONS = ("identifiers", "properties", "traits", "context")


def toml_of(mapping: Mapping, *, notes: AnyMapping[str, str] | None = None) -> str:
    """The mapping as TOML. `notes` are comments by place (`time`, `properties.price`).

    >>> from zuji.collect.importing.mapping import read_mapping
    >>> print(toml_of(read_mapping('event = "name"\\n[identifiers]\\nuser_id = "who"')), end="")
    event = "name"
    <BLANKLINE>
    [identifiers]
    user_id = "who"
    """
    document = document_of_mapping(mapping)
    if notes and "zone" in notes:
        document.setdefault("zone", mapping.zone)
    return "\n".join(_lines(document, notes or {})) + "\n"


def _lines(document: dict[str, Any], notes: AnyMapping[str, str]) -> Iterator[str]:
    for name, value in document.items():
        if name not in _SECTIONS:
            yield _line(name, value, notes.get(name))
    if "time" in notes and "time" not in document:
        yield f'# time = ""  # {notes["time"]}'
    for section in _SECTIONS:
        if section in document:
            yield ""
            yield f"[{section}]"
            for name, value in document[section].items():
                yield _line(name, value, notes.get(f"{section}.{name}"))


def _line(name: str, value: Any, note: str | None) -> str:
    return f"{_key(name)} = {_value(value)}" + (f"  # {note}" if note else "")


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(name)} = {_value(inner)}" for name, inner in value.items()) + " }"
    return repr(value)


def _text(text: str) -> str:
    return '"' + "".join(_ESCAPED.get(sign) or _plain(sign) for sign in text) + '"'


def _plain(sign: str) -> str:
    return sign if sign.isprintable() or sign == " " else f"\\U{ord(sign):08x}"
