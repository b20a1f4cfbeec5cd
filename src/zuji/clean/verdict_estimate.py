"""How much of what is stored is right, judged from the rows that people labelled: by stratum, with an interval.

The sample is drawn in strata, of which doubtful and costly rows get more than their share, so labels do not count
alike: the share of right rows is the mean of the shares of the strata, each weighed by its number of events (Cochran,
Sampling Techniques, 1977, chapter 5). The interval is Wilson's (1927) for as many labels as would tell the same had
they been drawn evenly, n = 1 / sum(W**2 / n of the stratum) (Kish, Survey Sampling, 1965). Where the doubtful
rows are those most often wrong, which is why they are drawn more often, this errs towards too wide.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Literal, NamedTuple, get_args

Stratum = Literal["risk", "value", "rest"]
STRATA: tuple[Stratum, ...] = get_args(Stratum)
Z = 1.96
"""Of the normal distribution, 95 % lie within so many standard deviations."""
SHARES: Mapping[Stratum, float] = {"risk": 0.5, "value": 0.3, "rest": 0.2}
"""Of the rows to label. Some of the rest have to be looked at too: what no rule sees is found nowhere else."""


class Labelled(NamedTuple):
    """How many events a stratum has, how many of them people labelled, and how many of these they called wrong."""

    events: int
    labelled: int
    wrong: int


class Estimate(NamedTuple):
    """The share of right rows from 0 to 100, between what it most likely (95 %) lies."""

    accuracy: float
    low: float
    high: float


def estimate(strata: Mapping[Stratum, Labelled]) -> Estimate | None:
    """The share of right rows; None while a stratum that has events has no label: nobody knows anything of it.

    >>> estimate({"risk": Labelled(100, 10, 5), "rest": Labelled(900, 10, 0)})
    Estimate(accuracy=95.0, low=69.05, high=99.39)
    """
    there = [one for one in strata.values() if one.events]
    if not there or any(not one.labelled for one in there):
        return None
    everything = sum(one.events for one in there)
    weights = [one.events / everything for one in there]
    right = sum(w * (1 - one.wrong / one.labelled) for w, one in zip(weights, there, strict=True))
    count = 1 / sum(w * w / one.labelled for w, one in zip(weights, there, strict=True))
    middle = (right + Z * Z / (2 * count)) / (1 + Z * Z / count)
    margin = Z * sqrt(right * (1 - right) / count + Z * Z / (4 * count * count)) / (1 + Z * Z / count)
    shown = (right, max(0.0, middle - margin), min(1.0, middle + margin))
    return Estimate(*(round(100 * one, 2) for one in shown))


def shares_of(size: int) -> Mapping[str, int]:
    """How many rows of each stratum a sample of this size has at most, at least one of each.

    >>> shares_of(20), shares_of(3)
    ({'risk': 10, 'value': 6, 'rest': 4}, {'risk': 1, 'value': 1, 'rest': 1})
    """
    shares: dict[str, int] = {name: max(1, round(size * share)) for name, share in SHARES.items()}
    shares["risk"] = max(1, size - shares["value"] - shares["rest"])
    return shares
