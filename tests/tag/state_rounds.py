"""Random rules over random worlds, for the stream's machine: the same events in any order, divided in any way."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from analyse.reference.world import Event, Profile, World
from analyse.worlds import random_world
from tag.random_rules import random_moment, random_rule
from tag.reference.rules import Asked, values_of_everybody
from zuji.store.property_sql import FIELDS
from zuji.tag.compiled import Compiled
from zuji.tag.definition import Definition, Names, Published
from zuji.tag.event_facts import Event as Fact
from zuji.tag.event_facts import kept_event
from zuji.tag.figures import Figures
from zuji.tag.person_facts import PersonFacts
from zuji.tag.read_rule import read_rule
from zuji.tag.state import State
from zuji.terms.event import Flag
from zuji.terms.period import Calendar

Document = dict[str, Any]
Values = dict[int, Any]


@dataclass(frozen=True)
class Round:
    """A world, rules about it (`t1`, `t2`, `s1` and `rule`, which may name them), and a moment."""

    world: World
    rules: dict[str, Document]
    t: int
    published: Published
    calendar: Calendar

    @property
    def whose(self) -> set[int]:
        """Everybody who has events."""
        return {event.person for event in self.world.events} - {0}

    def reference(self, t: int) -> dict[str, Values]:
        """What the rules say about everybody as of t, by plain enumeration."""
        named = {key: self.rules[key] for key in ("t1", "t2")}
        asked = Asked(self.world, t, named, {"s1": self.rules["s1"]})
        return {key: values_of_everybody(asked, rule) for key, rule in self.rules.items()}


def random_round(rng: Random) -> Round:
    """A round with rules of every kind."""
    world = random_world(rng)
    rules = {key: random_rule(rng, world, named=False) for key in ("t1", "t2")}
    rules["s1"] = {"when": random_rule(rng, world, named=False).get("when", {"all": []})}
    rules["rule"] = random_rule(rng, world)
    definitions = tuple(
        a_definition(key, rule, kind="segment" if key == "s1" else "tag") for key, rule in rules.items()
    )
    calendar = Calendar(ZoneInfo(world.timezone))
    return Round(world, rules, random_moment(rng, world), Published(definitions), calendar)


def a_definition(key: str, rule: Document, *, kind: Any = "tag") -> Definition:
    """A live definition of this rule."""
    return Definition(key=key, kind=kind, version=1, rule=read_rule(rule), name=Names(en=key, zh=key))


def fact(event: Event) -> Fact:
    """An event of a world as rules see it."""
    cells: dict[str, Any] = dict.fromkeys(FIELDS, "")
    cells |= {name: value or "" for name, value in event.fields.items()}
    amount = event.fields.get("amount")
    cells["amount"] = int(amount * 1_000_000) if isinstance(amount, Decimal) else None
    cells |= {"event": event.event, "type": event.type, "event_id": event.event_id, "occurred_at": event.at}
    cells |= {"received_at": event.at, "position": event.position, "anchor": event.anchor}
    cells["properties"] = msgspec.json.encode(event.properties, order="sorted").decode()
    cells["purposes"] = list(event.purposes)
    cells["flags"] = event.flags | (0 if "analytics" in event.purposes else int(Flag.NO_ANALYTICS))
    return kept_event(cells)


def states_of(compiled: Compiled, world: World, person: int, t: int, rng: Random) -> list[State]:
    """The states of a person, the events added in a random order and written down now and then.

    The stretches of an anchor are divided at random too: figures must not depend on it.
    """
    mine = [event for event in world.events if event.person == person and event.anchor]
    rng.shuffle(mine)
    states: dict[tuple[int, int], State] = {}
    for event in mine:
        stretch = (event.anchor, rng.randint(0, 2) if len(mine) % 2 else 0)
        state = compiled.add(states.get(stretch), fact(event), t)
        if rng.random() < 0.3:
            found = compiled.decode(compiled.encode(state))
            assert found is not None
            state = found
        states[stretch] = state
    return list(states.values())


def person_of(world: World, person: int) -> PersonFacts:
    """What is known of a person."""
    profile = world.profiles.get(person, Profile(person))
    return PersonFacts(profile.traits, profile.identifiers)


def values_at(compiled: Compiled, states: list[State], known: PersonFacts, t: int) -> tuple[dict[str, Any], int | None]:
    """What the machine says about a person as of t, by key, and when to ask again."""
    figures: Figures = compiled.figures(states, t)
    found = compiled.evaluate(figures, known)
    assert not found.overflows
    return {key: value for (_, key), value in found.values.items()}, found.next_at
