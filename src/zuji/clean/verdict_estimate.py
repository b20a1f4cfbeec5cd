"""By how much rules misjudge accuracy, told by the rows that people labelled: with an interval, once there are enough.

The sample is drawn in strata, of which doubtful and costly rows get more than their share, so labels do not count
alike: each stands for as many events as its source has in its stratum for every label there, which is the inverse of
the probability of being chosen (Horvitz and Thompson 1952; as shares of sums of weights, Hajek 1971). What is estimated
is not how many rows are wrong but how many more are wrong than rules say (the difference estimator: Cochran, Sampling
Techniques, 1977, 7.3): a verdict that agrees with the rules corrects nothing, and better rules make a narrower
interval. `docs/decisions/0012` has the reasons and the interval.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import sqrt
from typing import NamedTuple

from zuji.store.verdicts import Stratum

Z = 1.96
"""Of the normal distribution, 95 % lie within so many standard deviations."""
SHARES: Mapping[Stratum, float] = {"risk": 0.5, "value": 0.3, "rest": 0.2}
"""Of the rows to label. Some of the rest have to be looked at too: what no rule sees is found nowhere else."""
LEAST_VERDICTS = 20
LEAST_OF_STRATUM = 3
IMAGINED = 4
"""Labels that are added before an interval is drawn, spread evenly, so that ten equal labels do not look like certainty
(Agresti and Coull 1998; of differences, Agresti and Min 2005)."""


class Labelled(NamedTuple):
    """Of a source and stratum: how many events there are, how many people labelled, and of these how many the rules
    overlooked (people say wrong, rules do not) and blamed (rules say wrong, people do not).
    """

    events: int
    labelled: int
    overlooked: int = 0
    blamed: int = 0


Cells = Mapping[tuple[str, Stratum], Labelled]
"""By source and stratum."""


class Correction(NamedTuple):
    """The share of `events` that is wrong is larger by `shift` than rules say (below 0: smaller), and most likely
    (95 %) by between `low` and `high`; so say `verdicts` labels.
    """

    shift: float
    low: float
    high: float
    events: int
    verdicts: int


class _Shift(NamedTuple):
    """Of one stratum: as labelled, and how far below and above that it may lie."""

    exact: float
    below: float
    above: float


def correction_of(cells: Cells) -> Correction | None:
    """What the labels tell; None while they are not enough (see `verdicts_needed`).

    >>> found = correction_of({("shop", "risk"): Labelled(100, 10, 0, 5), ("shop", "rest"): Labelled(900, 10, 1)})
    >>> round(found.shift, 3), round(found.low, 3), round(found.high, 3)
    (0.04, -0.051, 0.338)
    """
    strata = _by_stratum(cells)
    if not strata or verdicts_needed(cells):
        return None
    everything = sum(cell.events for there in strata.values() for cell in there)
    parts = [(sum(cell.events for cell in there) / everything, _shift(name, there)) for name, there in strata.items()]
    shift = sum(share * one.exact for share, one in parts)
    # The limits of the parts, not their variances, are added up (Zou and Donner 2008): few labels of which none is
    # wrong may well overlook some, but hardly the other way round.
    below = sqrt(sum((share * one.below) ** 2 for share, one in parts))
    above = sqrt(sum((share * one.above) ** 2 for share, one in parts))
    labelled = sum(cell.labelled for there in strata.values() for cell in there)
    return Correction(shift, shift - below, shift + above, everything, labelled)


def verdicts_needed(cells: Cells) -> int:
    """How many more labels it takes: 20 in all and 3 of each stratum, or all there is where there is less.

    >>> verdicts_needed({("shop", "risk"): Labelled(100, 18), ("shop", "rest"): Labelled(900, 0)})
    3
    """
    strata = _by_stratum(cells).values()
    sums = [(sum(one.events for one in there), sum(one.labelled for one in there)) for there in strata]
    of_strata = sum(max(0, min(LEAST_OF_STRATUM, events) - labelled) for events, labelled in sums)
    everything = min(LEAST_VERDICTS, sum(events for events, _ in sums)) - sum(labelled for _, labelled in sums)
    return max(of_strata, everything, 0)


def shares_of(size: int) -> Mapping[str, int]:
    """How many rows of each stratum a sample of this size has at most, at least one of each.

    >>> shares_of(20), shares_of(3)
    ({'risk': 10, 'value': 6, 'rest': 4}, {'risk': 1, 'value': 1, 'rest': 1})
    """
    shares: dict[str, int] = {name: max(1, round(size * share)) for name, share in SHARES.items()}
    shares["risk"] = max(1, size - shares["value"] - shares["rest"])
    return shares


def _by_stratum(cells: Cells) -> Mapping[Stratum, list[Labelled]]:
    """Those that have events. Of events that were erased since, as many are counted as there are labels of them."""
    strata: dict[Stratum, list[Labelled]] = {}
    for (_, stratum), cell in sorted(cells.items()):
        if cell.events:
            strata.setdefault(stratum, []).append(cell._replace(events=max(cell.events, cell.labelled)))
    return strata


def _shift(stratum: Stratum, cells: Iterable[Labelled]) -> _Shift:
    """A source without a label is taken to be like the others of its stratum."""
    there = list(cells)
    known = [cell for cell in there if cell.labelled]
    weight = sum(cell.events for cell in known)
    overlooked = sum(cell.events * cell.overlooked / cell.labelled for cell in known) / weight
    blamed = sum(cell.events * cell.blamed / cell.labelled for cell in known) / weight
    # As many labels of one weight would tell as much (Kish, Survey Sampling, 1965).
    alike = weight**2 / sum(cell.events**2 / cell.labelled for cell in known)
    # Of what rules doubt, people may clear some; of the rest they can only find more wrong.
    ways = 2 if stratum == "risk" else 1
    imagined = IMAGINED / 2 / ways
    more = (overlooked * alike + imagined) / (alike + IMAGINED)
    less = (blamed * alike + (imagined if ways == 2 else 0)) / (alike + IMAGINED)
    exact, middle = overlooked - blamed, more - less
    margin = Z * sqrt((more + less - middle**2) / (alike + IMAGINED))
    least = -1 if ways == 2 else 0
    unseen = sqrt(1 - sum(cell.labelled for cell in there) / sum(cell.events for cell in there))
    return _Shift(
        exact,
        max(0.0, exact - max(least, middle - margin)) * unseen,
        max(0.0, min(1.0, middle + margin) - exact) * unseen,
    )
