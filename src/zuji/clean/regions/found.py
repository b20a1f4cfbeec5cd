"""What came of looking for a region."""

from __future__ import annotations

from typing import Literal

import msgspec

from zuji.clean.regions.table import Level

Standing = Literal["found", "ambiguous", "unknown"]

SPELT_OUT, BY_SHORT_NAMES, ONE_NAME_ALONE, USUALLY_MEANT, IN_PROSE, CONTRADICTED = 1.0, 0.95, 0.9, 0.8, 0.6, 0.5
"""How sure a finding is: every name with its rank; short names among them; a lower region named without any above it;
a short name that others bear too, taken as everybody takes it; named somewhere in a sentence; and contradicted by
another region named beside it."""


class Found(msgspec.Struct, frozen=True):
    """A region, or why there is none.

    Of an ambiguous text `code` is what all candidates lie in, which is sure: 江苏 for 江苏省鼓楼区; else empty.
    """

    standing: Standing
    code: str = ""
    level: Level | None = None
    confidence: float = 0.0
    candidates: tuple[str, ...] = ()


UNKNOWN = Found("unknown")
