"""Random stories lived through by a whole engine: after every step the live values are those of history, and of the
reference by plain enumeration.

Late and repeated events, log-ins on shared devices, merges, splits, rules published and edited, restarts, a clock
that goes on, and in every second story steps that are inferred. To look for differences, tell many stories, with a
seed of the moment:

RULE_ROUNDS=1000 RULE_SEED=any ./zuji test tests/run/test_live_equals_history.py --timeout=0
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from engine_world import NOON_MS, WithRules, World, running
from tag_world import backfilled, publish

from analyse.reference.world import Event, Profile
from analyse.reference.world import World as Enumerated
from analyse.worlds import EVENTS, PROPERTIES
from tag.random_rules import random_rule
from tag.reference.rules import Asked as ReferenceAsked
from tag.reference.rules import values_of_everybody
from zuji.clean.policies import PolicySource
from zuji.identify.current import people_now
from zuji.store.query import Query
from zuji.tag.history import Asked, rule_query
from zuji.tag.read_rule import read_rule
from zuji.terms.message import Message
from zuji.terms.period import Calendar

ROUNDS = int(os.environ.get("RULE_ROUNDS", "3"))
SEED = os.environ.get("RULE_SEED", "7")
STEPS = 12
DEVICES = [f"d-{number}" for number in range(1, 6)]
USERS = [f"u-{number}" for number in range(1, 4)]
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
AGO = [0, 0, 1, 30_000, MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 7 * HOUR_MS, DAY_MS, 8 * DAY_MS, 40 * DAY_MS]
PATIENCE_S = 60.0
INFERRING = WithRules(
    {"missing_step": {"action": "infer", "after_hours": 0, "steps": [{"step": "C", "before": ["A", "B"]}]}}
)
FIELDS = [
    "url_path", "browser", "channel", "source", "element", "utm_source", "category", "amount", "currency", "product_id",
]  # fmt: skip


@dataclass
class Story:
    """What happens, one step after the other, and the rules that hold."""

    folder: Path
    rng: Random
    policies: PolicySource | None = None
    now: int = NOON_MS
    number: int = 0
    rules: dict[str, tuple[int, Any]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    stack: ExitStack = field(default_factory=ExitStack)

    def begin(self) -> World:
        world = self.stack.enter_context(running(self.folder, now_ms=lambda: self.now, policies=self.policies))
        world.now_ms = self.now
        return world

    def step(self, world: World) -> World:
        """One thing happens; gives the engine that runs after it."""
        kinds = ["events"] * 6 + ["log in"] * 3 + ["merge", "split", "rule", "rule", "restart", "time", "time"]
        kind = self.rng.choice(kinds) if self.rules else "rule"
        self.told.append(kind)
        if kind == "events":
            sent = [self.event() for _ in range(self.rng.randint(1, 4))]
            world.send(*sent, *self.rng.sample(sent, self.rng.choice([0, 0, 1])))
        elif kind == "log in":
            world.send(self.log_in(), key=self.rng.choice(["public", "secret"]))
        elif kind in ("merge", "split"):
            self.decide(world, kind)
        elif kind == "rule":
            key = self.rng.choice(["a", "b", "c"])
            version = self.rules.get(key, (0, None))[0] + 1
            self.rules[key] = (version, self.rule())
            publish(world, key, self.rules[key][1], version=version)
        elif kind == "restart":
            self.stack.close()
            return self.begin()
        else:
            self.now += self.rng.choice([MINUTE_MS, 20 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, 9 * DAY_MS])
            world.now_ms = self.now
        return world

    def rule(self) -> Any:
        """A rule of a live tag: its value is none that changes with every moment."""
        while True:
            rule = random_rule(self.rng, self.sketch(), named=False)
            if not rule.get("value", {}).get("measure", "").startswith("since"):
                return rule

    def id(self) -> str:
        self.number += 1
        return f"m-{self.number}"

    def event(self) -> Message:
        properties = {name: self.rng.choice(values) for name, values in PROPERTIES.items() if self.rng.random() < 0.4}
        return Message(
            type=self.rng.choice(["track", "track", "page"]), event=self.rng.choice(EVENTS), message_id=self.id(),
            anonymous_id=self.rng.choice(DEVICES), user_id=self.rng.choice(["", "", *USERS]),
            timestamp=self.now - self.rng.choice(AGO), properties=msgspec.Raw(msgspec.json.encode(properties)),
        )  # fmt: skip

    def log_in(self) -> Message:
        traits = {"city": self.rng.choice(["北京", "上海", ""]), "age": self.rng.choice([18, "30", 41])}
        return Message(
            type="identify", message_id=self.id(), user_id=self.rng.choice(USERS),
            anonymous_id=self.rng.choice(DEVICES), timestamp=self.now - self.rng.choice(AGO),
            traits=msgspec.Raw(msgspec.json.encode(traits)),
        )  # fmt: skip

    def decide(self, world: World, kind: str) -> None:
        """A person merges or splits; what identity forbids is refused and changes nothing."""
        one, other = self.rng.sample(DEVICES + USERS, 2)
        a, b = ({"type": "user_id" if who in USERS else "anonymous_id", "value": who} for who in (one, other))
        told: dict[str, Any] = {"a": a, "b": b} if kind == "merge" else {"profile": a, "leaving": [b]}
        world.decide(kind, self.id(), **told)

    def sketch(self) -> Enumerated:
        """The times that windows of random rules should lie near."""
        moments = [self.now - ago for ago in AGO]
        return Enumerated(
            tuple(Event(number, "", 1, 1, at, self.rng.choice(EVENTS)) for number, at in enumerate(moments)), {}, "UTC"
        )


def enumerated(world: World) -> Enumerated:
    """What the store and identity hold, as the reference sees a world."""
    whose = world.engine.events.person_of_event()
    columns = ", ".join(["position", "event_id", "anchor", "event", "type", "properties", "flags", "purposes", *FIELDS])
    sql = f"SELECT {columns}, toUnixTimestamp64Milli(occurred_at) AS at, {whose.sql} AS person FROM zuji.events"
    rows = world.engine.events.query(Query(sql, dict(whose.params))).to_pylist()
    events = tuple(
        Event(
            row["position"], row["event_id"], row["anchor"], row["person"], row["at"], row["event"], row["type"],
            json.loads(row["properties"]), {name: row[name] for name in FIELDS}, row["flags"], tuple(row["purposes"]),
        )
        for row in rows
    )  # fmt: skip
    with world.engine.hot.read() as connection:
        people = people_now(connection, "default", {event.person for event in events} - {0})
    profiles = {
        one.id: Profile(one.id, one.traits, one.identified, tuple((i.type, i.value) for i in one.identifiers))
        for one in people
    }
    return Enumerated(events, profiles, "UTC")


def live(world: World, key: str) -> dict[int, Any]:
    with world.engine.hot.read() as connection:
        rows = connection.execute("SELECT person, value FROM tag_value WHERE kind = 'tag' AND key = ?", (key,))
        return {person: json.loads(value) for person, value in rows}


def assert_all_agree(story: Story, world: World, seed: int) -> None:
    """Live, history and reference say the same about everybody; time may need a moment to be worked off."""
    backfilled(world)
    world.settle()
    known = enumerated(world)
    for key, (_, rule) in story.rules.items():
        asked = Asked("default", world.engine.events.person_of_event(), Calendar(ZoneInfo("UTC")), story.now)
        query = rule_query(read_rule(rule), asked)
        history = {row["person"]: row["value"] for row in world.engine.events.query(query).to_pylist()}
        wanted = values_of_everybody(ReferenceAsked(known, story.now), rule)
        where = f"seed {seed}, steps {story.told}, rule {rule!r}"
        assert history == wanted, f"history: {where}"
        deadline = time.monotonic() + PATIENCE_S
        while (found := live(world, key)) != wanted and time.monotonic() < deadline:
            time.sleep(0.05)
        assert found == wanted, f"live: {where}"


def seeds() -> Iterator[tuple[int, PolicySource | None]]:
    rng = Random(SystemRandom().randrange(2**32) if SEED == "any" else int(SEED))
    for number in range(ROUNDS):
        yield rng.randrange(2**32), INFERRING if number % 2 else None


@pytest.mark.parametrize(("seed", "policies"), list(seeds()))
def test_whatever_happens_live_values_are_those_of_history_and_of_the_reference(
    seed: int, policies: PolicySource | None, tmp_path: Path
) -> None:
    story = Story(tmp_path, Random(seed), policies)
    with story.stack:
        world = story.begin()
        for _ in range(STEPS):
            world = story.step(world)
            assert_all_agree(story, world, seed)
