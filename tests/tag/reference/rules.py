"""What a rule says about everybody of a world, as of a moment: works on documents, written from docs/rules.md alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from analyse.reference.condition import NEGATED, Setting, leaf
from analyse.reference.values import inside
from analyse.reference.world import ROBOT, Event, Profile, World
from tag.reference.measures import measured
from tag.reference.sequences import happened
from tag.reference.windows import Zoned


@dataclass(frozen=True)
class Asked:
    """A world as of a moment. `tags` and `segments` are the rules that others may name."""

    world: World
    at: int
    tags: Mapping[str, Any] = field(default_factory=dict)
    segments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def zoned(self) -> Zoned:
        """How days are counted here, and what time it is."""
        return Zoned(self.at, ZoneInfo(self.world.timezone))

    @property
    def setting(self) -> Setting:
        """What conditions on properties need to know."""
        return Setting(self.world.profiles, {}, ZoneInfo(self.world.timezone), self.at)


@dataclass(frozen=True)
class Person:
    """Somebody with everything that happened by the moment, in order; `usable` is what rules look at."""

    happened: tuple[Event, ...]
    usable: tuple[Event, ...]
    profile: Profile


def values_of_everybody(asked: Asked, rule: Any) -> dict[int, Any]:
    """The value of everybody who has one."""
    values = {number: value_of(asked, person, rule) for number, person in people(asked).items()}
    return {number: value for number, value in values.items() if value is not None}


def people(asked: Asked) -> dict[int, Person]:
    """Everybody whom rules are asked of."""
    found: dict[int, Person] = {}
    ordered = sorted(asked.world.events, key=lambda event: (event.at, event.position))
    for number in {event.person for event in ordered} - {0}:
        mine = tuple(event for event in ordered if event.person == number and event.at <= asked.at)
        usable = tuple(event for event in mine if not event.flags & ROBOT and "analytics" in event.purposes)
        if usable:
            found[number] = Person(mine, usable, asked.world.profiles.get(number, Profile(number)))
    return found


def value_of(asked: Asked, person: Person, rule: Any) -> Any:
    """What the rule says about one person; None is nothing."""
    if "cases" in rule:
        for case in rule["cases"]:
            if holds(asked, person, case["when"]):
                return case["value"]
        return rule.get("otherwise")
    if "value" in rule:
        passed = "when" not in rule or holds(asked, person, rule["when"])
        found = measured(rule["value"], person.usable, asked.zoned, asked.setting) if passed else None
        if isinstance(found, list):
            found = found[0] if found and rule["value"].get("limit", 1) == 1 else found
        return None if found == [] else found
    return True if holds(asked, person, rule["when"]) else None


def holds(asked: Asked, person: Person, condition: Mapping[str, Any]) -> bool:
    """Whether a person passes a condition."""
    match condition:
        case {"all": parts}:
            return all(holds(asked, person, part) for part in parts)
        case {"any": parts}:
            return any(holds(asked, person, part) for part in parts)
        case {"not": part}:
            return not holds(asked, person, part)
        case {"trait": name}:
            return compared([inside(person.profile.traits, name)], condition, asked)
        case {"identifier": type_}:
            held = [value for kind, value in person.profile.identifiers if kind == type_]
            return compared(held or [None], condition, asked)
        case {"tag": key}:
            value = value_of(asked, person, asked.tags[key])
            return compared(value if isinstance(value, list) else [value], condition, asked)
        case {"segment": key}:
            return value_of(asked, person, asked.segments[key]) is not None
        case {"consent": purpose, "is": wanted}:
            return consents(person, purpose) is (wanted == "granted")
        case {"measure": what}:
            found = measured(condition, person.usable, asked.zoned, asked.setting)
            return compared((found or [None]) if what == "top" else [found], condition, asked)
        case {"sequence": _}:
            return happened(condition, person.usable, asked.zoned, asked.setting)
    raise AssertionError(condition)


def compared(values: list[Any], condition: Any, asked: Asked) -> bool:
    """Whether one of the values passes; for a negative op: whether none passes its positive one."""
    op, wanted = condition["op"], condition.get("value")
    if op == "is_not_set":
        return all(value is None for value in values)
    if op in NEGATED and len(values) > 1:
        return not any(leaf(value, NEGATED[op], wanted, asked.setting) for value in values)
    return any(leaf(value, op, wanted, asked.setting) for value in values)


def consents(person: Person, purpose: str) -> bool:
    """Whether the newest event of every identifier carries the purpose."""
    newest = {event.anchor: event for event in person.happened}
    return bool(newest) and all(purpose in event.purposes for event in newest.values())
