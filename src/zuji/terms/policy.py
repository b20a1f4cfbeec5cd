"""A policy: what a workspace has decided about one part of its data, as a document with versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

import msgspec

Part = Literal["rules", "names", "standards", "plan", "points", "quality"]
"""What policies are about: cleaning rules and their switches; names of events; how values are standardised; the
tracking plan; collection points; what quality weighs, and which constraints hold."""
PARTS: tuple[Part, ...] = get_args(Part)


class Policy(msgspec.Struct, frozen=True):
    """The document of one part as it was decided; the greatest version holds."""

    workspace: str
    part: Part
    version: int
    document: Mapping[str, Any]
    at: int
    by: str
