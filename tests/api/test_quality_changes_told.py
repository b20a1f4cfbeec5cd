"""What the report tells of a change: its day, both scores, and the cause, read from the figures of the days."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from zuji.api.routes.quality import report_of
from zuji.clean.policies import NoPolicies
from zuji.store import quality
from zuji.store.hot import HotStore
from zuji.store.quality import Cause, Found, Of, QualityFigures


def test_the_report_tells_since_when_completeness_fell_and_why(tmp_path: Path) -> None:
    days = [Of("shop", "web", 20_000 + number, "completeness") for number in range(10)]
    missing = dict(zip(days, [20] * 6 + [190] * 4, strict=True))
    causes = {
        Cause(day, "missing", "Paid", "size"): Found(wrong - 10, f"m-{day.day}") for day, wrong in missing.items()
    }
    causes |= {Cause(day, "no_time", "Paid"): Found(10, "m-t") for day in days}
    with closing(HotStore(tmp_path / "hot.sqlite")) as hot:
        with hot.write() as connection:
            quality.add(connection, QualityFigures(dict.fromkeys(days, 1_000), missing, causes))
        told = report_of(
            hot, "shop", policies=NoPolicies(), source=None, from_day=20_000, to_day=20_009, limit=10
        ).model_dump()
        nothing = report_of(hot, "shop", policies=NoPolicies(), source=None, from_day=20_006, to_day=20_009, limit=10)
    [change] = told["changes"]
    cause = change.pop("cause")
    assert change == {
        "source": "web", "dimension": "completeness", "since": "2024-10-10", "before": 98.0, "after": 81.0,
    }  # fmt: skip
    assert (cause["cause"], cause["event"], cause["property"], cause["found"]) == ("missing", "Paid", "size", 4 * 180)
    assert (cause["last_day"], cause["example"]) == ("2024-10-13", "m-20009")
    assert nothing.changes == []
