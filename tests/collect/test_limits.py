"""Token buckets: what passes, how long the rest waits, and how little is remembered."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from zuji.collect.limits import RequestCaps, address_group, retry_after_s


def tally_by_hand(times: list[float], per_minute: int) -> list[bool]:
    """The slow, obvious bucket: so many tokens at most, one back every share of a minute. Exact, by fractions."""
    tokens, last, passed = Fraction(per_minute), Fraction(0), []
    for now in map(Fraction, times):
        tokens = min(Fraction(per_minute), tokens + (now - last) * per_minute / 60)
        last = now
        passes = tokens >= 1
        tokens -= passes
        passed.append(passes)
    return passed


@pytest.mark.parametrize("seed", range(20))
def test_a_bucket_passes_what_a_counted_bucket_passes(seed: int) -> None:
    chance = random.Random(seed)
    per_minute = chance.choice([1, 3, 60, 960])  # their shares of a minute have no rounding in binary, nor the times
    times, now = [], 0.0
    for _ in range(5000):
        now += round(chance.expovariate(per_minute / 60 * 2) * 1024) / 1024
        times.append(now)
    caps = RequestCaps()
    passed = [caps.wait_s(("key", "k"), per_minute=per_minute, now_s=now) == 0 for now in times]
    assert passed == tally_by_hand(times, per_minute)
    assert 0 < sum(passed) < len(passed)


def test_who_waits_as_long_as_told_passes() -> None:
    caps = RequestCaps()
    assert [caps.wait_s(("k",), per_minute=2, now_s=0) for _ in range(2)] == [0, 0]
    wait = caps.wait_s(("k",), per_minute=2, now_s=10)
    assert wait == pytest.approx(20)
    assert caps.wait_s(("k",), per_minute=2, now_s=10 + wait) == 0


def test_everybody_has_a_bucket_of_their_own() -> None:
    caps = RequestCaps()
    assert [caps.wait_s((name,), per_minute=1, now_s=0) for name in "abc"] == [0, 0, 0]
    assert caps.wait_s(("a",), per_minute=1, now_s=0) > 0


def test_memory_stays_bounded_and_the_one_over_its_cap_is_remembered() -> None:
    caps = RequestCaps(most_buckets=1000)
    for number in range(20_000):
        caps.wait_s(("guilty",), per_minute=5, now_s=0)
        caps.wait_s((f"passer-by {number}",), per_minute=5, now_s=0)
    assert len(caps) <= 1001
    assert caps.wait_s(("guilty",), per_minute=5, now_s=0) > 0


def test_a_cap_of_nothing_lets_nobody_pass() -> None:
    assert RequestCaps().wait_s(("k",), per_minute=0, now_s=0) == 60


def test_a_household_counts_as_one_address() -> None:
    assert address_group("2001:db8:1:2:3::4") == address_group("2001:db8:1:2:ffff::1")
    assert address_group("2001:db8:1:2:3::4") != address_group("2001:db8:1:3:3::4")
    assert address_group("fe80::1%eth0") == "fe80::"
    assert (address_group("203.0.113.9"), address_group("no:address")) == ("203.0.113.9", "no:address")


@pytest.mark.parametrize(("wait_s", "told"), [(0, 1), (0.2, 1), (1.5, 2), (300, 300), (5000, 300)])
def test_retry_after_is_whole_seconds_from_1_to_300(wait_s: float, told: int) -> None:
    assert retry_after_s(wait_s) == told
