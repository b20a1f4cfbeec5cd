"""Attribution on the example of the R package ChannelAttribution: ten thousand paths of twelve channels.

Its heuristic models (first, last and linear touch) count exactly, and so do we: the figures here are counted from the
file in plain Python. Its Markov figures come from random walks over the chain and change with the seed; ours solve the
chain, so they are what such walks come near to. Two hundred thousand walks of our own are compared with them here. Its
examples mostly leave the walks that led to nothing out, which ours count.

A repeat of a channel is a step of the chain for both. The package knows no times and so no window: touches are a second
apart here, and the window holds all of them.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from zuji.analyse.ask import Asker, Asking
from zuji.store.events import EventStore
from zuji.store.schema import EVENT_SCHEMA

pytestmark = [pytest.mark.data, pytest.mark.slow]

NOON = 1_772_409_600_000
START, GOAL, NOTHING = "(start)", "(goal)", "(nothing)"
PathRow = tuple[tuple[str, ...], int, float, int]
"""(channels, goals, their value together, walks that led to nothing)."""


@pytest.fixture(scope="module")
def rows(data_sets: Path) -> list[PathRow]:
    with gzip.open(data_sets / "channel_attribution_paths" / "PathData.csv.gz", "rt", encoding="utf-8") as lines:
        return [
            (
                tuple(row["path"].split(" > ")),
                int(row["total_conversions"]),
                float(row["total_conversion_value"]),
                int(float(row["total_null"])),
            )
            for row in csv.DictReader(lines)
        ]


@pytest.fixture(scope="module")
def answer(rows: list[PathRow], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    store = EventStore.open(tmp_path_factory.mktemp("attribution") / "events")
    store.insert(table_of(rows))
    question = {
        "touch": {"event": "touch", "channel": "$utm_source"},
        "goal": {"event": "goal", "value": "worth"},
        "date_from": "2026-03-02",
        "date_to": "2026-03-03",
        "timezone": "UTC",
    }
    yield Asker(store, now_ms=lambda: NOON + 10**9).ask("attribution", question, Asking()).answer
    store.close()


def table_of(rows: list[PathRow]) -> pa.Table:
    """Every walk is a person of its own: a touch a second, then the goal with an equal part of its row's value."""
    people, channels, times, worths = [], [], [], []
    person = 0
    for path, goals, value, lost in rows:
        for number in range(goals + lost):
            person += 1
            walk = [*path, *([GOAL] if number < goals else [])]
            people += [person] * len(walk)
            channels += walk
            times += [NOON + 1000 * step for step in range(len(walk))]
            worths += [""] * len(path) + ([f'{{"worth":{value / goals!r}}}'] if number < goals else [])
    size = len(people)
    empty = {pa.uint32(): 0, pa.string(): "", pa.uint64(): 0}
    columns = {
        field.name: pa.array([empty.get(field.type)] * size, field.type)
        for field in EVENT_SCHEMA
        if not pa.types.is_list(field.type)
    }
    columns |= {
        "workspace": pa.array(["default"] * size),
        "anchor": pa.array(people, pa.uint64()),
        "occurred_at": pa.array(times).cast(EVENT_SCHEMA.field("occurred_at").type),
        "received_at": pa.array(times).cast(EVENT_SCHEMA.field("received_at").type),
        "position": pa.array(range(1, size + 1), pa.uint64()),
        "event": pa.array(["goal" if name == GOAL else "touch" for name in channels]),
        "utm_source": pa.array(["" if name == GOAL else name for name in channels]),
        "properties": pa.array([worth or "{}" for worth in worths]),
        "identifiers": pa.array([[]] * size, EVENT_SCHEMA.field("identifiers").type),
        "purposes": pa.array([["analytics"]] * size, EVENT_SCHEMA.field("purposes").type),
    }
    return pa.table([columns[field.name] for field in EVENT_SCHEMA], schema=EVENT_SCHEMA)


def credits_by(answer: dict[str, Any], figure: str, model: str) -> dict[str, float]:
    return {row["channel"]: row[figure][model] for row in answer["channels"]}


def test_all_goals_of_the_file_are_there(answer: dict[str, Any]) -> None:
    assert (answer["goals"], answer["people"]) == (19_785, 19_785)
    assert answer["value"] == pytest.approx(74_802.97, abs=0.01)
    assert len(answer["channels"]) == 12


def test_first_last_and_linear_touch_are_those_counted_from_the_file(
    rows: list[PathRow], answer: dict[str, Any]
) -> None:
    counted: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for path, goals, value, _ in rows:
        for figure, worth in (("goals", goals), ("value", value)):
            counted[figure, "first"][path[0]] += worth
            counted[figure, "last"][path[-1]] += worth
            for channel in path:
                counted[figure, "linear"][channel] += worth / len(path)
    for (figure, model), expected in counted.items():
        found = {channel: credit for channel, credit in credits_by(answer, figure, model).items() if credit}
        assert found == pytest.approx(expected, abs=1e-6), (figure, model)


@pytest.mark.parametrize("model", ["first", "last", "linear", "position", "time_decay", "markov", "shapley"])
def test_credits_add_up_to_the_goals_and_their_value(answer: dict[str, Any], model: str) -> None:
    assert sum(credits_by(answer, "goals", model).values()) == pytest.approx(19_785)
    assert sum(credits_by(answer, "value", model).values()) == pytest.approx(answer["value"])


def test_random_walks_come_near_to_the_solved_chain(rows: list[PathRow], answer: dict[str, Any]) -> None:
    """The package's way: walk the chain, and count for each channel the walks to a goal that pass it."""
    onward: dict[str, Counter[str]] = defaultdict(Counter)
    for path, goals, _, lost in rows:
        for end, times in ((GOAL, goals), (NOTHING, lost)):
            for here, there in pairwise((START, *path, end)):
                onward[here][there] += times
    choices = {here: (list(there), list(accumulate(there.values()))) for here, there in onward.items()}
    rng, passed = Random(7), Counter[str]()
    for _ in range(200_000):
        here, seen = START, set[str]()
        while here not in (GOAL, NOTHING):
            names, weights = choices[here]
            here = rng.choices(names, cum_weights=weights)[0]
            seen.add(here)
        if here == GOAL:
            passed.update(seen - {GOAL})
    walked = {channel: 19_785 * passed[channel] / passed.total() for channel in onward if channel != START}
    solved = credits_by(answer, "goals", "markov")
    assert solved == pytest.approx(walked, rel=0.02, abs=30)
