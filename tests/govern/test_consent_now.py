"""What a person consents to: the newest event of each of their identifiers decides, in whatever order events came."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest

from zuji.govern.consent_runs import Consent, Run, consent_of, with_event
from zuji.govern.consents_kept import consent_now, keep
from zuji.store import consents
from zuji.store.hot import HotStore
from zuji.store.schema import EVENT_SCHEMA
from zuji.terms.event import PURPOSES

SCHEMA = pa.schema(
    [EVENT_SCHEMA.field(name) for name in ("anchor", "workspace", "source", "position", "event_id", "purposes")]
    + [EVENT_SCHEMA.field("occurred_at")]
)
ALL, NO_MARKETING = PURPOSES, tuple(one for one in PURPOSES if one != "marketing")
FOR_EVER = (None, None)


@pytest.fixture
def hot(tmp_path: Path) -> Iterator[HotStore]:
    store = HotStore(tmp_path / "hot.sqlite")
    yield store
    store.close()


def carried(hot: HotStore, *events: tuple[int, int, tuple[str, ...]], source: str = "web") -> None:
    """One batch of (anchor, moment, purposes)."""
    rows = [
        {
            "anchor": anchor, "workspace": "shop", "source": source, "position": at, "event_id": f"{source}-{at}",
            "purposes": list(purposes), "occurred_at": at,
        }
        for anchor, at, purposes in events
    ]  # fmt: skip
    with hot.write() as connection:
        keep(connection, pa.Table.from_pylist(rows, SCHEMA))


def answers(hot: HotStore, *stretches: tuple[int, int | None, int | None]) -> dict[str, Consent]:
    with hot.read() as connection:
        return consent_now(connection, stretches)


def granted(hot: HotStore, *stretches: tuple[int, int | None, int | None]) -> set[str]:
    return {purpose for purpose, one in answers(hot, *stretches).items() if one.granted}


def test_whoever_never_refused_grants_everything_and_nothing_is_kept(hot: HotStore) -> None:
    carried(hot, (1, 10, ALL), (2, 20, tuple(reversed(ALL))))
    assert answers(hot, (1, *FOR_EVER)) == dict.fromkeys(PURPOSES, Consent(granted=True))
    with hot.read() as connection:
        assert consents.is_empty(connection)


def test_a_refusal_says_since_when_and_by_which_event(hot: HotStore) -> None:
    carried(hot, (1, 10, ALL), (1, 20, NO_MARKETING), (1, 30, NO_MARKETING))
    carried(hot, (1, 40, NO_MARKETING))
    assert answers(hot, (1, *FOR_EVER))["marketing"] == Consent(False, 20, "web", "web-20")
    assert granted(hot, (1, *FOR_EVER)) == set(NO_MARKETING)


def test_what_is_kept_does_not_depend_on_the_batches(hot: HotStore, tmp_path: Path) -> None:
    said = [(1, 10, ALL), (2, 20, NO_MARKETING), (1, 30, NO_MARKETING), (2, 40, ALL), (1, 50, ALL), (3, 60, ALL)]
    carried(hot, *said)
    other = HotStore(tmp_path / "other.sqlite")
    for event in said:
        carried(other, event)
    with hot.read() as one, other.read() as another:
        assert consents.load(one, range(9)) == consents.load(another, range(9))
        assert {told[0] for told in consents.load(one, range(9))} == {1, 2}
    other.close()


def test_who_agrees_again_has_agreed(hot: HotStore) -> None:
    carried(hot, (1, 10, ()))
    carried(hot, (1, 20, ALL))
    assert answers(hot, (1, *FOR_EVER))["risk"] == Consent(True, 20, "web", "web-20")


def test_a_late_event_does_not_change_what_holds_now(hot: HotStore) -> None:
    carried(hot, (1, 50, NO_MARKETING))
    carried(hot, (1, 60, NO_MARKETING))
    carried(hot, (1, 55, ALL))
    assert granted(hot, (1, *FOR_EVER)) == set(NO_MARKETING)


def test_a_merge_never_widens_consent(hot: HotStore) -> None:
    carried(hot, (1, 10, NO_MARKETING), (2, 20, ALL), (3, 30, ("marketing",)))
    assert granted(hot, (1, *FOR_EVER), (2, *FOR_EVER)) == set(NO_MARKETING)
    assert granted(hot, (1, *FOR_EVER), (3, *FOR_EVER)) == set()


def test_a_device_speaks_for_each_of_its_owners_by_the_events_of_their_time(hot: HotStore) -> None:
    carried(hot, (1, 10, NO_MARKETING), (1, 20, NO_MARKETING), (1, 30, ALL))
    assert granted(hot, (1, None, 25)) == set(NO_MARKETING)
    assert granted(hot, (1, 25, None)) == set(ALL)


def test_purposes_of_other_names_are_answered_too(hot: HotStore) -> None:
    carried(hot, (1, 10, (*ALL, "partners")))
    assert answers(hot, (1, *FOR_EVER))["partners"] == Consent(True, 10, "web", "web-10")


def test_what_a_deleted_source_said_is_forgotten_and_what_others_said_holds(hot: HotStore) -> None:
    carried(hot, (1, 10, NO_MARKETING))
    carried(hot, (1, 20, ()), source="app")
    with hot.write() as connection:
        consents.forget_source(connection, "shop", "app")
    assert granted(hot, (1, *FOR_EVER)) == set(NO_MARKETING)


@pytest.mark.parametrize("seed", range(20))
def test_in_any_order_the_newest_event_decides(seed: int) -> None:
    chance = random.Random(seed)
    events = [((moment, moment), chance.choice([ALL, NO_MARKETING, ()])) for moment in range(30)]
    chance.shuffle(events)
    runs: tuple[Run, ...] = ()
    for number, (at, purposes) in enumerate(events, 1):
        runs = with_event(runs, at, purposes, str(at))
        newest = max(events[:number])[1]
        answer = consent_of([(1, *FOR_EVER)], {1: {"web": runs}})
        assert {name for name, one in answer.items() if one.granted} == set(newest)
        assert list(runs) == sorted(runs, key=lambda run: run.first)
        assert all(one.last < following.first for one, following in pairwise(runs))
