"""Rules asked of history give what plain enumeration gives: on random worlds, rules and moments."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from analyse.engine import Engine, Loaded
from analyse.reference.world import World
from analyse.worlds import random_world
from tag.random_rules import Document, random_moment, random_rule
from tag.reference.rules import Asked as Reference
from tag.reference.rules import values_of_everybody
from tag.test_history import NAMES, load, tag, values
from zuji.tag.definition import Definition, Published
from zuji.tag.history import Asked, rule_query
from zuji.tag.read_rule import read_rule
from zuji.terms.error import BadRequest
from zuji.terms.period import Calendar

ROUNDS = int(os.environ.get("HISTORY_ROUNDS", "150"))
"""To look for differences: HISTORY_ROUNDS=10000 HISTORY_SEED=any ./zuji test tests/tag/... --timeout=0"""
SEED = os.environ.get("HISTORY_SEED", "7")
RULES_OF_A_WORLD = 25


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(tmp_path_factory.mktemp("history") / "events")
    yield opened
    opened.close()


def test_history_and_plain_enumeration_agree(engine: Engine) -> None:
    seed = random.SystemRandom().randrange(2**32) if SEED == "any" else int(SEED)
    rng = random.Random(seed)
    done = somebody = 0
    while done < ROUNDS:
        world = random_world(rng)
        loaded = load(engine, world)
        for _ in range(RULES_OF_A_WORLD):
            somebody += agree_on_a_rule(engine, loaded, world, rng, seed)
            done += 1
    assert somebody > ROUNDS / 4


def agree_on_a_rule(engine: Engine, loaded: Loaded, world: World, rng: random.Random, seed: int) -> bool:
    """Whether anybody had a value."""
    tags = {key: random_rule(rng, world, named=False) for key in ("t1", "t2")}
    segment = random_segment(rng, world)
    rule, at = random_rule(rng, world), random_moment(rng, world)
    try:
        named = [tag(key, document) for key, document in tags.items()]
        named.append(Definition("s1", "segment", 1, read_rule(segment), NAMES))
        read = read_rule(rule)
    except BadRequest:
        return False
    calendar = Calendar(ZoneInfo(world.timezone))
    around = Asked(loaded.workspace, engine.store.person_of_event(), calendar, at, Published(tuple(named)))
    expected = values_of_everybody(Reference(world, at, tags, {"s1": segment}), rule)
    assert values(engine, loaded, rule_query(read, around)) == expected, (seed, at, rule, tags, segment)
    return bool(expected)


def random_segment(rng: random.Random, world: World) -> Document:
    """A rule that segments may have."""
    while "when" not in (found := random_rule(rng, world, named=False)) or len(found) > 1:
        pass
    return found
