"""The check: green on the truth itself, red on every planted error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl
import pytest
from lived import lived

from zuji.demo.check import Report, check_world, choose_stretches
from zuji.demo.compare import StoredEvent, StoredProfile
from zuji.demo.truth import Truth


@dataclass
class Server:
    """Answers as a server would that holds exactly this."""

    stored_profiles: list[StoredProfile]
    stored_events: list[StoredEvent]
    waiting: dict[str, int]
    asked_fresh: bool = field(default=False)

    def profiles(self) -> Iterator[StoredProfile]:
        return iter(self.stored_profiles)

    def events(self, from_ms: int, to_ms: int) -> Iterator[StoredEvent]:
        return (event for event in self.stored_events if from_ms <= event.at < to_ms)

    def quarantined(self) -> dict[str, int]:
        return self.waiting

    def wait_until_fresh(self) -> None:
        self.asked_fresh = True


def perfect(truth: Truth) -> Server:
    """Everything recovered: one profile per component, each good event once."""
    profiles = [
        StoredProfile(str(component), tuple(zip(kinds, values, strict=True)))
        for component, kinds, values in truth.identifiers.group_by("component").agg("type", "value").iter_rows()
    ]
    good = truth.events.filter(pl.col("problem") == "")
    events = [
        StoredEvent(row["event_id"], row["at"], row["type"], row["event"],
                    "" if row["ambiguous"] else f"person {row['actor']}", row["robot"], row["amount"])
        for row in good.iter_rows(named=True)
    ]  # fmt: skip
    waiting = dict(truth.events.filter(pl.col("problem") != "").group_by("problem").len().iter_rows())
    return Server(profiles, events, waiting)


def report(spoil: Callable[[Server], None]) -> Report:
    truth = lived().truth
    server = perfect(truth)
    spoil(server)
    return check_world(truth, server)


def failed(found: Report) -> list[str]:
    return [score.name for score in found.scores if not score.passed]


def change(server: Server, wanted: Callable[[StoredEvent], bool], **values: Any) -> None:
    server.stored_events = [event._replace(**values) if wanted(event) else event for event in server.stored_events]


def test_a_server_that_recovered_everything_passes_with_full_marks() -> None:
    found = report(lambda server: None)
    assert found.passed
    assert {score.name: score.share for score in found.scores if score.of} == {
        "linkable pairs found": 1.0,
        "duplicates removed": 1.0,
        "robots caught": 1.0,
        "people called robots": 0.0,
        "events stored": 1.0,
        "stored values equal to the truth": 1.0,
        "bad rows set aside": 1.0,
    }


def test_it_asks_only_after_everything_acknowledged_is_there() -> None:
    truth = lived().truth
    server = perfect(truth)
    check_world(truth, server)
    assert server.asked_fresh


def test_two_people_in_one_profile_are_a_wrong_merge() -> None:
    owner = dict(lived().truth.identifiers.select("component", "actor").iter_rows())

    def merge(server: Server) -> None:
        first = server.stored_profiles[0]
        other = next(each for each in server.stored_profiles if owner[int(each.id)] != owner[int(first.id)])
        server.stored_profiles.remove(other)
        server.stored_profiles[0] = StoredProfile(first.id, first.identifiers + other.identifiers)

    found = report(merge)
    assert failed(found) == ["wrong merges"]
    assert next(score.count for score in found.scores if score.name == "wrong merges") == 1


def test_two_parts_of_one_person_in_one_profile_are_no_wrong_merge() -> None:
    owned = lived().truth.identifiers.group_by("actor").agg(pl.col("component").unique())
    first, other = next(each for each in owned["component"].to_list() if len(each) > 1)[:2]

    def merge(server: Server) -> None:
        both = {profile.id: profile for profile in server.stored_profiles}
        moved = both.pop(str(other))
        both[str(first)] = StoredProfile(str(first), both[str(first)].identifiers + moved.identifiers)
        server.stored_profiles = list(both.values())

    assert report(merge).passed


def test_events_of_two_people_under_one_person_are_a_wrong_merge() -> None:
    one, other = [f"person {number}" for number in lived().truth.events.filter(~pl.col("robot"))["actor"].unique()[:2]]
    assert failed(report(lambda server: change(server, lambda event: event.person == one, person=other))) == [
        "wrong merges"
    ]


def test_identifiers_left_apart_are_pairs_not_found() -> None:
    def tear(server: Server) -> None:
        server.stored_profiles = [
            StoredProfile(f"{profile.id}-{number}", (identifier,))
            for profile in server.stored_profiles
            for number, identifier in enumerate(profile.identifiers)
        ]

    assert failed(report(tear)) == ["linkable pairs found"]


def test_repeats_that_stay_are_duplicates_not_removed() -> None:
    repeated = set(lived().truth.events.filter(pl.col("copies") > 1)["event_id"].to_list())
    found = report(
        lambda server: server.stored_events.extend([e for e in server.stored_events if e.event_id in repeated])
    )
    assert failed(found) == ["duplicates removed"]


def test_robots_taken_for_people_are_robots_not_caught() -> None:
    assert failed(report(lambda server: change(server, lambda event: event.robot, robot=False))) == ["robots caught"]


def test_people_taken_for_robots_are_counted() -> None:
    people = lived().truth.events.filter(~pl.col("robot"))["actor"].unique().to_list()[:3]
    names = {f"person {number}" for number in people}
    found = report(lambda server: change(server, lambda event: event.person in names, robot=True))
    assert failed(found) == ["people called robots"]


def test_a_lost_event_is_noticed_even_if_it_is_one_in_thousands() -> None:
    found = report(lambda server: server.stored_events.__delitem__(slice(0, 10)))
    assert failed(found) == ["events stored"]


@pytest.mark.parametrize(
    "values",
    [{"event": "something else"}, {"type": "group"}, {"amount": "0.01"}, {"amount": ""}],
    ids=["name", "type", "amount", "no amount"],
)
def test_a_stored_value_that_is_not_the_truth_is_told(values: dict[str, object]) -> None:
    found = report(lambda server: change(server, lambda event: bool(event.amount), **values))
    assert failed(found) == ["stored values equal to the truth"]
    assert "stored" in next(score.note for score in found.scores if not score.passed)


@pytest.mark.parametrize(("off_ms", "fine"), [(-1_000, True), (1_000, True), (1_001, False), (-28_800_000, False)])
def test_times_may_be_off_by_a_second_at_most(off_ms: int, fine: bool) -> None:
    def shift(server: Server) -> None:
        server.stored_events = [event._replace(at=event.at + off_ms) for event in server.stored_events]

    assert report(shift).passed is fine


def test_bad_rows_that_wait_nowhere_are_noticed() -> None:
    assert failed(report(lambda server: server.waiting.clear())) == ["bad rows set aside"]


def test_what_the_server_holds_besides_the_demo_is_none_of_our_business() -> None:
    def crowd(server: Server) -> None:
        server.stored_profiles.append(StoredProfile("x", (("user_id", "somebody"), ("user_id", "else"))))
        at = server.stored_events[0].at
        server.stored_events.append(StoredEvent("other-1", at, "track", "E", "x", True, "5"))

    assert report(crowd).passed


def test_a_large_world_is_compared_on_days_drawn_by_the_seed() -> None:
    truth = lived().truth
    stretches = choose_stretches(truth, most_events=truth.events.height // 4)
    assert 5 <= len(stretches) <= 10
    assert stretches == choose_stretches(truth, most_events=truth.events.height // 4)
    other = replace(truth, options=replace(truth.options, seed=99))
    assert stretches != choose_stretches(other, most_events=truth.events.height // 4)
