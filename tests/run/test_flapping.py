"""When changes are told, and how latency is counted."""

from __future__ import annotations

from zuji.run.flapping import Flapper, FlapWatch, Hold, Tell
from zuji.run.tag_latency import LatencyFigures, TagLatency

MINUTE, HOUR = 60_000, 3_600_000
STAGE: Flapper = (1, "tag", "stage")


def test_ten_changes_within_an_hour_are_told_and_the_eleventh_waits_for_its_minute() -> None:
    watch = FlapWatch()
    start = 5 * HOUR
    told = [watch.changed(STAGE, start + second * 1_000) for second in range(12)]
    assert told[:10] == [Tell()] * 10
    assert told[10:] == [Hold(start + 9_000 + MINUTE)] * 2


def test_a_flapping_value_is_told_once_a_minute_until_an_hour_is_calm() -> None:
    watch = FlapWatch()
    for second in range(30):
        watch.changed(STAGE, second * 1_000)
    assert watch.changed(STAGE, 9_000 + MINUTE) == Tell()
    assert watch.changed(STAGE, 10_000 + MINUTE) == Hold(9_000 + 2 * MINUTE)
    watch.told(STAGE, 9_000 + 2 * MINUTE)
    assert watch.changed(STAGE, 10_000 + 2 * MINUTE) == Hold(9_000 + 3 * MINUTE)
    assert [watch.changed(STAGE, 2 * HOUR + second) for second in range(3)] == [Tell()] * 3


def test_others_are_not_held_back_by_one_that_flaps() -> None:
    watch = FlapWatch(most=2)
    for second in range(20):
        watch.changed(STAGE, second)
    assert watch.changed((2, "tag", "stage"), 30) == Tell()
    assert watch.changed((1, "segment", "stage"), 31) == Tell()


def test_the_latencies_of_the_last_minutes_are_told_within_two_percent() -> None:
    latency = TagLatency()
    latency.record([10_000], 0)
    latency.record(range(1, 101), 5 * MINUTE)
    figures = latency.figures(5 * MINUTE)
    assert figures.changes == 100
    for told, truth in ((figures.p50_ms, 50), (figures.p95_ms, 95), (figures.p99_ms, 99), (figures.longest_ms, 100)):
        assert truth <= told <= truth * 1.021
    assert latency.figures(11 * MINUTE) == LatencyFigures()
