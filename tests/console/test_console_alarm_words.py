"""Every alarm, dimension and cause that the engine can tell has its words, in both languages."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from console_world import WEB

from zuji.clean.quality import DIMENSIONS, OF_FLAG, OF_REASON, OF_REJECTION
from zuji.terms.alarm import AlarmCode

CODES = tuple(get_args(AlarmCode))
CAUSES = (*OF_REASON, *(cause for _, cause in OF_FLAG.values()), *OF_REJECTION, "duplicate", "missing", "other")
WORD = re.compile(r"""^  "?([\w:]+)"?: \{\s*en: "[^"]+",\s*zh: "[^"]+",?\s*\}""", re.M)


def spoken(*files: str) -> set[str]:
    """The keys of a file of words that have both languages; and what stands before their colons."""
    keys = {key for file in files for key in WORD.findall((WEB / "src" / file).read_text(encoding="utf-8"))}
    return keys | {key.partition(":")[0] for key in keys}


@pytest.mark.parametrize(
    ("files", "needed"),
    [
        (("words/problems.ts",), CODES),
        (("pages/operate/receivers_words.ts",), CODES),
        (("words/dimensions.ts",), DIMENSIONS),
        (("words/flags.ts", "words/rejections.ts", "pages/data/quality/words.ts"), CAUSES),
        (("pages/data/quality/judge_words.ts",), ("right", "wrong", "unsure", "risk", "value", "rest")),
    ],
    ids=["alarms", "alarms of receivers", "dimensions", "causes", "verdicts and strata"],
)
def test_whatever_the_engine_tells_has_words(files: tuple[str, ...], needed: tuple[str, ...]) -> None:
    assert set(needed) - spoken(*files) == set()
