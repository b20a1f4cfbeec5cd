"""What quality is made of: every reason and rule has its dimension, and causes do not grow without bound."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from zuji.clean.quality import DIMENSIONS, OF_REJECTION, OF_RULE, WEIGHTS, Defect, defects_of
from zuji.clean.rule_book import Rules
from zuji.store import quality
from zuji.store.hot import HotStore
from zuji.store.quality import MOST_CAUSES, Cause, Found, Of, QualityFigures
from zuji.terms.event import Flag
from zuji.terms.rejection import REASONS


def test_every_reason_and_every_rule_is_placed_and_the_weights_are_one() -> None:
    assert set(OF_REJECTION) == set(REASONS)
    assert set(OF_RULE) == set(Rules.__struct_fields__)
    assert set(WEIGHTS) == set(DIMENSIONS)
    assert sum(WEIGHTS.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("reasons", "flags", "expected"),
    [
        ("", 0, []),
        ("robot:crawler", Flag.ROBOT, []),
        ("", Flag.LATE | Flag.REPAIRED, [Defect("timeliness", "late")]),
        ("plan:missing:total", 0, [Defect("completeness", "plan:missing", "total")]),
        ("order:repeated,outlier:price", 0,
         [Defect("uniqueness", "order:repeated"), Defect("accuracy", "outlier", "price")]),
        ("ambiguous_region:city=330102|330103", 0, [Defect("accuracy", "ambiguous_region", "city")]),
        ("standardised:traits.phone|properties.total", 0,
         [Defect("consistency", "standardised", "phone"), Defect("consistency", "standardised", "total")]),
        ("renamed:buy", 0, [Defect("consistency", "renamed")]),
        ("blocked:user_id", 0, [Defect("validity", "blocked", "user_id")]),
    ],
)  # fmt: skip
def test_reasons_and_flags_tell_defects(reasons: str, flags: int, expected: list[Defect]) -> None:
    assert list(defects_of(reasons, flags)) == expected


def test_causes_of_a_day_are_bounded_and_none_is_lost_from_the_count(tmp_path: Path) -> None:
    of = Of("default", "web", 20_000, "validity")
    batches = [
        {Cause(of, "plan:type", f"event {number}", "x"): Found(2, "m") for number in range(start, start + 300)}
        for start in (0, 200, 400)
    ]
    with closing(HotStore(tmp_path / "hot.sqlite")) as store:
        for causes in batches:
            with store.write() as connection:
                quality.add(connection, QualityFigures({of: 600}, {of: 600}, causes))
        with store.read() as connection:
            found = quality.causes(connection, "default", source=None, from_day=0, to_day=99_999, limit=9_999)
            figures = quality.per_day(connection, "default", source=None, from_day=0, to_day=99_999)
    assert len(found) == MOST_CAUSES + 1
    assert found[0][1:6] == ("validity", "other", "", "", 2 * 200)
    assert sum(one.found for one in found) == 1_800
    assert figures == [(of, 1_800, 1_800)]
