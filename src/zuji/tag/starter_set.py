"""Tags and segments to start with: documents beside this file, on the names of Segment's e-commerce events.

They are data: whoever dislikes a bound copies the document and changes it. Events are meant by their usual name and by
the same without spaces, as 神策 clients have it; amounts are the standard field, whatever property they came in.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from zuji.tag.definition import Definition, Family, Kind, read_definition

FILES: tuple[str, ...] = (*get_args(Family), "segments")


@cache
def starter_set() -> tuple[Definition, ...]:
    """Every definition to start with: tags by family, then segments. All of them may be published together."""
    return tuple(read_definition(_kind(name), document) for name in FILES for document in _documents(name))


def _documents(name: str) -> list[dict[str, Any]]:
    text = files("zuji.tag.starter").joinpath(f"{name}.json").read_text("utf-8")
    documents: list[dict[str, Any]] = json.loads(text)
    return documents


def _kind(name: str) -> Kind:
    return "segment" if name == "segments" else "tag"
