"""The accuracy that follows from people's verdicts: what it is, and how often its interval holds the truth."""

from __future__ import annotations

import random

from zuji.clean.verdict_estimate import SHARES, STRATA, Labelled, Stratum, estimate, shares_of


def test_each_stratum_counts_by_its_events_and_not_by_its_labels() -> None:
    found = estimate({"risk": Labelled(100, 50, 25), "value": Labelled(100, 10, 1), "rest": Labelled(800, 20, 0)})
    assert found is not None
    assert found.accuracy == 94.0
    assert found.low < 94.0 < found.high < 100


def test_nothing_is_known_while_a_stratum_with_events_has_no_verdict() -> None:
    assert estimate({"risk": Labelled(5, 2, 0), "rest": Labelled(5, 0, 0)}) is None
    assert estimate({"risk": Labelled(0, 0, 0), "rest": Labelled(0, 0, 0)}) is None
    found = estimate({"risk": Labelled(0, 0, 0), "rest": Labelled(5, 5, 0)})
    assert found is not None
    assert found.accuracy == found.high == 100
    assert found.low < 100


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    chance = random.Random(7)
    held = 0
    for _ in range(2_000):
        size = chance.choice([20, 50, 200])
        events: dict[Stratum, int] = {
            "risk": chance.randint(50, 2_000),
            "value": 500,
            "rest": chance.randint(1_000, 9_000),
        }
        wrong = {"risk": chance.uniform(0.2, 0.9), "value": chance.uniform(0, 0.2), "rest": chance.uniform(0, 0.1)}
        drawn = shares_of(size)
        said = {
            name: Labelled(events[name], drawn[name], sum(chance.random() < wrong[name] for _ in range(drawn[name])))
            for name in STRATA
        }
        found = estimate(said)
        assert found is not None
        truth = 100 * (1 - sum(events[name] * wrong[name] for name in STRATA) / sum(events.values()))
        held += found.low <= truth <= found.high
    assert held / 2_000 >= 0.95


def test_every_stratum_gets_its_share_of_the_sample_and_at_least_one() -> None:
    assert abs(sum(SHARES.values()) - 1) < 1e-9
    for size in range(3, 201):
        assert sum(shares_of(size).values()) == size
        assert min(shares_of(size).values()) >= 1
