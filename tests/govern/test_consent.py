"""The consent stage while no workspace has rules."""

from __future__ import annotations

import polars as pl

from zuji.govern.consent import consent
from zuji.terms.event import PURPOSES


def test_without_rules_everything_passes_with_all_purposes_and_purposes_sent_are_kept_as_sent() -> None:
    sent = [None, ["analytics"], ["made-up"], []]
    frame = pl.DataFrame(
        {"position": [1, 2, 3, 4], "purposes": sent}, schema_overrides={"purposes": pl.List(pl.String)}
    )
    passed, refused = consent(frame)
    assert passed["position"].to_list() == [1, 2, 3, 4]
    assert passed["purposes"].to_list() == [list(PURPOSES), ["analytics"], ["made-up"], []]
    assert refused == {}
