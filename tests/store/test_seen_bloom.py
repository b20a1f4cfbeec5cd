"""The Bloom filter against plain sets."""

from __future__ import annotations

import numpy as np
import pytest

from zuji.store.bloom import Bloom, Probe, Words


def some_ids(seed: int, count: int) -> Words:
    return np.random.default_rng(seed).integers(0, 2**64, size=(count, 2), dtype=np.uint64)


@pytest.mark.parametrize("count", [0, 1, 2, 7, 1000, 40_000])
def test_an_id_that_was_added_is_never_denied(count: int) -> None:
    bloom = Bloom.roomy_for(count)
    ids = some_ids(count, count)
    for part in np.array_split(ids, 7):
        bloom.add(part)
    assert bloom.perhaps(Probe.of(ids)).all()


def test_an_overfull_filter_still_denies_nothing_it_holds() -> None:
    bloom = Bloom.roomy_for(100)
    ids = some_ids(1, 5_000)
    bloom.add(ids)
    assert bloom.perhaps(Probe.of(ids)).all()


def test_at_two_bytes_an_id_fewer_than_three_in_a_thousand_strangers_pass() -> None:
    bloom = Bloom.roomy_for(200_000)
    bloom.add(some_ids(2, 200_000))
    passed = bloom.perhaps(Probe.of(some_ids(3, 200_000))).mean()
    assert 0 < passed < 0.003


def test_an_empty_filter_knows_nobody() -> None:
    assert not Bloom.roomy_for(1000).perhaps(Probe.of(some_ids(4, 1000))).any()
