"""The page that publishes the rates leaves out no kind of defect that is planted, and invents none."""

from __future__ import annotations

import re
from pathlib import Path

from planted_decided import DECISIONS
from planted_defects import DEFECTS

PAGE = Path(__file__).parents[2] / "docs" / "planted-defects.md"
BURST = "pages in a flood"


def test_every_kind_is_published_with_its_reason_and_no_other() -> None:
    lines = re.findall(r"^\| ([^|*]+) \| `([^`]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    planted = {kind: one.expected for kind, one in (DEFECTS | DECISIONS).items()} | {BURST: "robot:rate"}
    assert dict(lines) == planted
    assert len(lines) == len(planted) == len(DEFECTS) + len(DECISIONS) + 1
