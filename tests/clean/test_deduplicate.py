"""Deduplication against a plain set."""

from __future__ import annotations

import hashlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from zuji.clean.deduplicate import deduplicate, id_hash


@settings(deadline=None)
@given(st.lists(st.integers(0, 20)), st.sets(st.integers(0, 20)))
def test_the_first_of_equal_new_ids_is_kept_and_no_other(ids: list[int], stored: set[int]) -> None:
    hashes = id_hash("shop", "web", 0, [str(number) for number in ids])
    keep = deduplicate(hashes, np.array([number in stored for number in ids], dtype=np.bool_))
    seen = set(stored)
    expected = [not (number in seen or seen.add(number)) for number in ids]
    assert keep.tolist() == expected


def test_ids_that_share_one_word_are_different() -> None:
    hashes = np.array([[1, 1], [1, 2], [2, 1], [1, 1]], dtype=np.uint64)
    assert deduplicate(hashes, np.zeros(4, dtype=np.bool_)).tolist() == [True, True, True, False]


def test_the_hash_is_blake2b_of_workspace_source_epoch_and_id() -> None:
    expected = hashlib.blake2b(b"shop\0web\x003\0m1", digest_size=16).digest()
    assert id_hash("shop", "web", 3, ["m1"]).tobytes() == expected


def test_the_same_id_of_another_workspace_source_or_epoch_is_another() -> None:
    places = [("shop", "web", 0), ("shop2", "web", 0), ("shop", "app", 0), ("shop", "web", 1)]
    assert len({id_hash(*place, ["m1"]).tobytes() for place in places}) == 4
