"""The consent stage while no workspace has rules."""

from __future__ import annotations

import polars as pl

from zuji.govern.consent import consent
from zuji.terms.event import PURPOSES, Flag


def frame_of(purposes: list[list[str] | None]) -> pl.DataFrame:
    rows = {"position": [1, 2, 3, 4], "flags": [2] * 4, "purposes": purposes}
    return pl.DataFrame(rows, schema_overrides={"purposes": pl.List(pl.String), "flags": pl.UInt32})


def test_without_rules_everything_passes_with_all_purposes_and_purposes_sent_are_kept_as_sent() -> None:
    sent = [None, ["analytics"], ["made-up"], []]
    passed, refused = consent(frame_of(sent))
    assert passed["position"].to_list() == [1, 2, 3, 4]
    assert passed["purposes"].to_list() == [list(PURPOSES), ["analytics"], ["made-up"], []]
    assert refused == {}


def test_events_that_may_not_be_used_for_analytics_are_flagged_beside_the_flags_they_have() -> None:
    passed, _ = consent(frame_of([None, ["analytics", "risk"], ["risk"], []]))
    assert passed["flags"].to_list() == [2, 2, 2 | Flag.NO_ANALYTICS, 2 | Flag.NO_ANALYTICS]
    assert passed["flags"].dtype == pl.UInt32
