"""What people's verdicts make of the figures of quality: they correct accuracy, and with it the index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from zuji.clean.quality import WEIGHTS, Dimension, defects_of, index, score
from zuji.clean.quality_summary import Corrected, Quality
from zuji.clean.verdict_estimate import Cells, Correction, Labelled
from zuji.store.verdicts import Stratum, Verdict


def held_wrong(flag_reason: str, flags: int) -> bool:
    """Whether rules count an event as wrong under accuracy, which is what people's verdicts are set against.

    >>> held_wrong("negative:price", 0), held_wrong("standardised:properties.phone", 0)
    (True, False)
    """
    return any(defect.dimension == "accuracy" for defect in defects_of(flag_reason, flags))


def cells_of(events: Mapping[tuple[str, Stratum], int], verdicts: Iterable[Verdict]) -> Cells:
    """The events of each source and stratum beside what was said of them. Who could not say said nothing."""
    cells = {place: Labelled(many, 0) for place, many in events.items()}
    for one in verdicts:
        place = one.source, one.stratum
        if one.verdict == "unsure" or place not in cells:
            continue
        before = cells[place]
        cells[place] = before._replace(
            labelled=before.labelled + 1,
            overlooked=before.overlooked + (one.verdict == "wrong" and not one.held_wrong),
            blamed=before.blamed + (one.verdict == "right" and one.held_wrong),
        )
    return cells


def with_verdicts(
    told: Quality, correction: Correction | None, weights: Mapping[Dimension, float] = WEIGHTS
) -> Quality:
    """The same with accuracy, and so the index, as people see it; without a correction nothing changes."""
    automatic = told.dimensions["accuracy"]
    if correction is None or automatic.score is None:
        return told
    said = [
        _accuracy(automatic.checked, automatic.wrong, correction.events, shift)
        for shift in (correction.shift, correction.high, correction.low)
    ]
    accuracy, low, high = said
    scores = {name: one.score for name, one in told.dimensions.items()}
    indexes = [index({**scores, "accuracy": one}, weights) for one in said]
    return replace(
        told,
        index=indexes[0],
        dimensions={**told.dimensions, "accuracy": automatic._replace(score=accuracy)},
        corrected=Corrected(
            correction.verdicts, automatic.score, low, high, told.index, index_low=indexes[1], index_high=indexes[2]
        ),
    )


def _accuracy(checked: int, wrong: int, events: int, shift: float) -> float:
    """What quarantine holds was looked at too, and nobody is asked about it: only what is stored is corrected."""
    moved = wrong + min(events, checked) * shift
    return score(checked=checked, wrong=min(max(moved, 0.0), checked)) or 0.0
