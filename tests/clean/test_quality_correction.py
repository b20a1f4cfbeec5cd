"""Verdicts correct accuracy and the index; without them, and where they agree with the rules, nothing changes."""

from __future__ import annotations

from typing import Any

import pytest

from zuji.clean.quality import WEIGHTS
from zuji.clean.quality_correction import cells_of, with_verdicts
from zuji.clean.quality_originals import mended_in
from zuji.clean.quality_summary import Corrected, quality
from zuji.clean.verdict_estimate import Correction, Labelled
from zuji.store.verdicts import Verdict

FIGURES = [("accuracy", 1_000, 100), ("validity", 1_000, 0)]


def said(verdict: Any, **fields: Any) -> Verdict:
    known: dict[str, Any] = {"workspace": "w", "source": "shop", "event_id": "e", "stratum": "risk",
                             "held_wrong": True, "received_at": 0, "at": 0, "by": "ada"}  # fmt: skip
    return Verdict(**known | {"verdict": verdict} | fields)


def test_a_correction_moves_accuracy_and_the_index_by_its_weight_and_says_what_both_were() -> None:
    told = with_verdicts(quality(FIGURES), Correction(0.1, 0.05, 0.2, 800, 42))
    weight = WEIGHTS["accuracy"] / (WEIGHTS["accuracy"] + WEIGHTS["validity"])
    assert told.dimensions["accuracy"] == (1_000, 100, 82.0), "of the 1,000 looked at only 800 are stored"
    assert told.index == pytest.approx(100 * (1 - weight) + 82 * weight)
    assert told.corrected == Corrected(
        42, 90.0, 74.0, 86.0, index_automatic=95.0, index_low=87.0, index_high=93.0
    )  # fmt: skip


def test_no_verdict_and_an_accuracy_nobody_looked_at_change_nothing() -> None:
    automatic, without = quality(FIGURES), quality(FIGURES[1:])
    assert with_verdicts(automatic, None) is automatic
    assert with_verdicts(without, Correction(0.1, 0.0, 0.2, 800, 42)) is without


@pytest.mark.parametrize(("shift", "score"), [(-1.0, 100.0), (1.0, 0.0), (0.0, 90.0)])
def test_a_corrected_score_stays_between_nought_and_a_hundred(shift: float, score: float) -> None:
    told = with_verdicts(quality(FIGURES), Correction(shift, shift, shift, 1_000, 20))
    assert told.dimensions["accuracy"].score == score


def test_verdicts_are_counted_where_they_disagree_with_the_rules_and_who_cannot_say_says_nothing() -> None:
    verdicts = [
        said("right"), said("wrong"), said("unsure"), said("right", held_wrong=False), said("wrong", held_wrong=False),
        said("wrong", held_wrong=False, stratum="rest"), said("wrong", source="gone"),
    ]  # fmt: skip
    assert cells_of({("shop", "risk"): 9, ("shop", "rest"): 90, ("till", "rest"): 5}, verdicts) == {
        ("shop", "risk"): Labelled(9, 4, overlooked=1, blamed=1),
        ("shop", "rest"): Labelled(90, 1, overlooked=1),
        ("till", "rest"): Labelled(5, 0),
    }


def test_what_cleaning_changed_is_told_as_it_came_and_a_clients_own_original_is_not_taken_for_ours() -> None:
    properties = {
        "age": None, "$original": {"age": 300}, "phone": "+8613912345678", "phone_original": "mine",
        "phone_original_original": "139 1234 5678", "size": "L", "size_original": "XL",
    }  # fmt: skip
    assert mended_in(properties, "impossible:age,standardised:properties.phone|traits.mail") == [
        ("age", 300, None, "$original"),
        ("phone", "139 1234 5678", "+8613912345678", "phone_original_original"),
    ]
