"""What came in of late: the shortest window that tells enough, by snapshots that grow sparser with age."""

from __future__ import annotations

from zuji.clean.quality_windows import BEGINNING, MINUTE_MS, Snapshot, grown, late_of, stood, thinned

DAY_MS = 86_400_000
HOUR_MS = 60 * MINUTE_MS
NOON = 7 * DAY_MS + 12 * HOUR_MS


def had(at: int, checked: int) -> Snapshot:
    return Snapshot(at, {(7, "validity"): (checked, 0)})


def test_what_came_in_of_late_is_the_difference_and_deleted_data_is_none_of_it() -> None:
    before = {(6, "validity"): (4, 0), (6, "accuracy"): (9, 9)}
    now = {(7, "validity"): (9, 2), (6, "validity"): (5, 1), (7, "accuracy"): (3, 0)}
    assert grown(now, before) == {"validity": (10, 3), "accuracy": (3, 0)}
    assert grown({(6, "accuracy"): (2, 1)}, before) == {"accuracy": (0, 0)}
    kept = [Snapshot(10, before), Snapshot(20, now)]
    assert [stood(kept, at) for at in (5, 15, 20)] == [kept[0], kept[0], kept[1]]
    assert stood([], 5) is None


def test_the_shortest_window_in_which_enough_came_in_is_looked_at_and_the_day_where_there_is_none() -> None:
    def window(per_minute: float) -> tuple[int, int]:
        kept = [had(NOON - ago * MINUTE_MS, round(1_000 - ago * per_minute)) for ago in range(400, 0, -1)]
        late = late_of(had(NOON, 1_000), kept, BEGINNING, today=7)
        return (NOON - late.since.at) // MINUTE_MS, late.figures["validity"][0]

    assert [window(each) for each in (25, 24, 5, 4, 1, 0.2)] == [
        (2, 50), (10, 240), (10, 50), (60, 240), (60, 60), (360, 72),
    ]  # fmt: skip
    assert window(0.1) == (NOON // MINUTE_MS, 1_000)


def test_snapshots_grow_sparser_with_age_and_each_window_still_begins_about_where_it_should() -> None:
    kept: tuple[Snapshot, ...] = ()
    for second in range(0, 10 * 3_600, 30):
        kept = thinned((*kept, had(NOON + second * 1_000, second)), NOON + second * 1_000)
    end = kept[-1].at
    assert len(kept) < 60
    for minutes, slack in ((2, 1), (10, 1), (60, 5), (360, 30)):
        begins = stood(kept, end - minutes * MINUTE_MS)
        assert begins is not None
        assert 0 <= end - minutes * MINUTE_MS - begins.at <= slack * MINUTE_MS
