"""Sets of people as bits, segments as they are now, as of a moment, and what a rule would do."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyse.engine import Engine
from analyse.hand import DAY, MONDAY, happened, world_of
from tag.history_cases import measured, value
from tag.test_history import asked, tag
from zuji.store.hot import HotStore
from zuji.store.tag_values import replace_all
from zuji.tag.definition import Definition, ListOf, Names, Published
from zuji.tag.live_segments import LiveSegments
from zuji.tag.membership import came_and_went, members_at, sizes_at
from zuji.tag.overlap import Overlap, PeopleSet, overlap
from zuji.tag.preview import Compared, Somebody, preview
from zuji.tag.read_rule import read_rule


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(tmp_path_factory.mktemp("segments") / "events")
    yield opened
    opened.close()


def test_a_set_of_people_is_a_set_whatever_is_added_and_removed() -> None:
    chance = random.Random(5)
    plain: set[int] = set()
    found = PeopleSet()
    for _ in range(200):
        some = [chance.choice([chance.randrange(200), chance.randrange(10_000)]) for _ in range(chance.randrange(9))]
        if chance.random() < 0.6:
            plain |= set(some)
            found.add(some)
        else:
            plain -= set(some)
            found.remove(some)
        assert (found.people().tolist(), len(found)) == (sorted(plain), len(plain))
    assert {person for person in range(10_000) if person in found} == plain


def test_overlaps_are_those_of_plain_sets() -> None:
    chance = random.Random(6)
    for _ in range(30):
        sets = [{chance.randrange(300) for _ in range(chance.randrange(200))} for _ in range(chance.randrange(6))]
        others = [set().union(*(other for place, other in enumerate(sets) if place != own)) for own in range(len(sets))]
        assert overlap([PeopleSet(one) for one in sets]) == Overlap(
            together=tuple(tuple(len(one & other) for other in sets) for one in sets),
            in_all=len(set.intersection(*sets)) if sets else 0,
            in_any=len(set().union(*sets)),
            only=tuple(len(one - rest) for one, rest in zip(sets, others, strict=True)),
        )


def test_segments_in_memory_follow_every_change(tmp_path: Path) -> None:
    hot = HotStore(tmp_path / "hot.sqlite")
    segments = LiveSegments(hot)
    chance = random.Random(7)
    held: dict[str, set[int]] = {"a": set(), "b": set(), "c": set()}
    for _ in range(40):
        key = chance.choice("abc")
        held[key] = {person for person in range(1, 90) if chance.random() < 0.3}
        with hot.write() as connection:
            replace_all(connection, "w", ("segment", key), dict.fromkeys(held[key], True), version=1, at_ms=0)
            replace_all(connection, "other", ("segment", key), {1: True, 5: True}, version=1, at_ms=0)
        asked_for = chance.sample("abc", chance.randint(1, 3))
        found = segments.overlap("w", asked_for)
        assert found == overlap([PeopleSet(held[one]) for one in asked_for])
        assert segments.count("w", key) == len(held[key])
    members = sorted(held["a"])
    assert segments.page("w", "a", after=members[2], limit=5) == members[3:8]
    hot.close()


def test_a_preview_counts_compares_and_shows_some(engine: Engine) -> None:
    old = -40 * DAY
    world = world_of(
        *(happened("buy", old, person, kind="a") for person in (1, 2, 3)),
        *(happened("buy", 0, person, kind="b") for person in (2, 3, 4)),
        happened("see", 0, 5),
    )
    loaded = engine.load(world)
    rule = read_rule(value("last", "buy", property="kind"))
    before = read_rule(value("first", "buy", property="kind", window={"from": "2020-01-01", "to": "2026-02-01"}))
    found = preview(rule, asked(engine, loaded, MONDAY + 1), engine.store.query, against=before)
    first = loaded.moved(1)
    assert (found.people, found.of, found.month_ago, found.share) == (4, 5, 3, 0.8)
    assert found.values == (("b", 3), ("a", 1))
    assert sorted(found.sample, key=lambda one: one.person) == [
        Somebody(first + place, kind) for place, kind in enumerate("abbb")
    ]
    assert found.compared == Compared(enter=1, leave=0, change=2, entering=(loaded.moved(4),), leaving=())


def test_lists_of_texts_are_previewed_by_their_texts(engine: Engine) -> None:
    world = world_of(*(happened("buy", 0, person, kind=kind) for person, kind in ((1, "a"), (1, "b"), (2, "b"))))
    loaded = engine.load(world)
    rule = read_rule(value("top", "buy", property="kind", limit=3))
    other = read_rule(value("top", "buy", property="kind", limit=3, where=[{"property": "kind", "op": "equals", "value": "b"}]))  # fmt: skip  # noqa: E501
    found = preview(rule, asked(engine, loaded, MONDAY + 1), engine.store.query, against=other)
    assert found.values == (("b", 2), ("a", 1))
    assert found.compared is not None
    assert (found.compared.enter, found.compared.leave, found.compared.change) == (0, 0, 1)


def test_members_are_those_of_the_moment(engine: Engine) -> None:
    world = world_of(happened("buy", 0, 1), happened("buy", 5, 2), happened("buy", DAY, 3))
    loaded = engine.load(world)
    around = asked(engine, loaded, MONDAY, published=Published((tag("unused", value("count", "buy")),)))
    bought = {"when": measured("count", "buy", "gte", 1, window={"this": "day"})}
    segment = Definition("today", "segment", 1, read_rule(bought), Names(en="x", zh="x"))
    moments = [MONDAY - 1, MONDAY, MONDAY + 5000, MONDAY + DAY * 1000]
    sizes = sizes_at(segment, around, engine.store.query, moments)
    assert list(sizes.values()) == [0, 1, 2, 1]
    before = members_at(segment, asked(engine, loaded, moments[2]), engine.store.query)
    after = members_at(segment, asked(engine, loaded, moments[3]), engine.store.query)
    came, went = came_and_went(before, after)
    assert (came.tolist(), went.tolist()) == ([loaded.moved(3)], [loaded.moved(1), loaded.moved(2)])
    listed = Definition("l", "segment", 1, None, Names(en="x", zh="x"), members=ListOf((("email", "a@b"),)))
    assert members_at(listed, around, engine.store.query).tolist() == []
