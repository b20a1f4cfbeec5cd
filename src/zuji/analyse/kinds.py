"""All kinds of questions, by the name they have on the wire."""

from __future__ import annotations

from typing import Any

from zuji.analyse.kind import Kind
from zuji.analyse.lifecycle import LIFECYCLE
from zuji.analyse.question import BadQuestion

KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in (LIFECYCLE,)}


def kind_of(name: str) -> Kind[Any]:
    """The kind of this name."""
    if name not in KINDS:
        raise BadQuestion(f"kind: {name!r:.80} is no kind of question. There are: {', '.join(KINDS)}.")
    return KINDS[name]
