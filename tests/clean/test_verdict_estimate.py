"""What verdicts correct: how often the interval holds the truth, and what must change nothing."""

from __future__ import annotations

import random

import pytest

from zuji.clean.verdict_estimate import (
    LEAST_VERDICTS,
    SHARES,
    Cells,
    Labelled,
    correction_of,
    shares_of,
    verdicts_needed,
)
from zuji.store.verdicts import STRATA, Stratum

Row = tuple[bool, bool]
"""What rules say is wrong, and what truly is."""
LIKELY: dict[Stratum, tuple[float, float, float]] = {
    # how often rules hold a row wrong; how often it is, where they do; how often it is, where they do not
    "risk": (0.6, 0.7, 0.2),
    "value": (0.0, 0.0, 0.05),
    "rest": (0.0, 0.0, 0.03),
}


def a_row(chance: random.Random, stratum: Stratum) -> Row:
    held, rightly, overlooked = LIKELY[stratum]
    says_wrong = chance.random() < held
    return says_wrong, chance.random() < (rightly if says_wrong else overlooked)


def a_population(chance: random.Random, sources: tuple[str, ...]) -> dict[tuple[str, Stratum], list[Row]]:
    sizes: dict[Stratum, int] = {"risk": chance.randint(50, 800), "value": 300, "rest": chance.randint(900, 3_000)}
    return {
        (source, stratum): [a_row(chance, stratum) for _ in range(sizes[stratum] // (1 + number))]
        for number, source in enumerate(sources)
        for stratum in STRATA
    }


def labelled(rows: list[Row], drawn: list[Row]) -> Labelled:
    return Labelled(
        len(rows), len(drawn), sum(is_wrong and not says for says, is_wrong in drawn),
        sum(says and not is_wrong for says, is_wrong in drawn),
    )  # fmt: skip


def drawn_from(chance: random.Random, population: dict[tuple[str, Stratum], list[Row]], size: int) -> Cells:
    """A sample of the whole: in each stratum every row is as likely as another, whatever its source."""
    shares, cells = shares_of(size), {}
    for stratum in STRATA:
        places = [place for place in population if place[1] == stratum]
        rows = [(place, row) for place in places for row in population[place]]
        chosen = chance.sample(rows, min(shares[stratum], len(rows)))
        for place in places:
            cells[place] = labelled(population[place], [row for whose, row in chosen if whose == place])
    return cells


def truth(population: dict[tuple[str, Stratum], list[Row]]) -> float:
    rows = [row for there in population.values() for row in there]
    return (sum(is_wrong for _, is_wrong in rows) - sum(says for says, _ in rows)) / len(rows)


@pytest.mark.parametrize("sources", [("shop",), ("shop", "till", "app")])
def test_the_interval_holds_the_truth_nineteen_times_in_twenty_and_the_mean_error_is_none(
    sources: tuple[str, ...],
) -> None:
    chance = random.Random(7)
    held, errors = 0, []
    for _ in range(300):
        population = a_population(chance, sources)
        found = correction_of(drawn_from(chance, population, chance.choice([30, 60, 200])))
        assert found is not None
        held += found.low <= truth(population) <= found.high
        errors.append(found.shift - truth(population))
    assert held / 300 >= 0.95
    assert abs(sum(errors) / 300) < 0.01


def test_labels_of_one_source_do_not_speak_louder_because_there_are_more_of_them() -> None:
    few_of_many, many_of_few = Labelled(9_000, 10, 5), Labelled(1_000, 100, 0)
    found = correction_of({("shop", "rest"): few_of_many, ("till", "rest"): many_of_few})
    assert found is not None
    assert found.shift == pytest.approx(0.9 * 0.5)


def test_who_labels_everything_is_certain_and_who_agrees_with_the_rules_corrects_nothing() -> None:
    everything = correction_of({("shop", "risk"): Labelled(4, 4, 0, 1), ("shop", "rest"): Labelled(6, 6, 3)})
    assert everything is not None
    assert everything[:3] == pytest.approx((0.2, 0.2, 0.2))
    agreed = correction_of({("shop", "risk"): Labelled(100, 30), ("shop", "rest"): Labelled(900, 30)})
    assert agreed is not None
    assert agreed.shift == 0
    assert agreed.low < 0 < agreed.high


def test_more_labels_make_the_interval_narrower() -> None:
    widths = []
    for labels in (10, 40, 160):
        found = correction_of({("shop", "rest"): Labelled(100_000, 2 * labels, labels // 10)})
        assert found is not None
        widths.append(found.high - found.low)
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.1


def test_too_few_labels_correct_nothing_and_it_is_told_how_many_are_needed() -> None:
    few: Cells = {("shop", "risk"): Labelled(100, 17), ("shop", "rest"): Labelled(900, 2)}
    assert (correction_of(few), verdicts_needed(few)) == (None, LEAST_VERDICTS - 19)
    enough: Cells = {**few, ("shop", "rest"): Labelled(900, 3)}
    assert correction_of(enough) is not None
    assert verdicts_needed(enough) == 0
    assert correction_of({}) is None
    assert verdicts_needed({("shop", "risk"): Labelled(2, 0)}) == 2, "there are no more to look at"


def test_events_that_were_erased_after_they_were_labelled_break_nothing() -> None:
    found = correction_of({("shop", "risk"): Labelled(5, 25, 0, 5), ("shop", "rest"): Labelled(0, 5, 5)})
    assert found is not None
    assert found[:3] == pytest.approx((-0.2, -0.2, -0.2))


def test_every_stratum_gets_its_share_of_the_sample_and_at_least_one() -> None:
    assert abs(sum(SHARES.values()) - 1) < 1e-9
    for size in range(3, 201):
        assert sum(shares_of(size).values()) == size
        assert min(shares_of(size).values()) >= 1
