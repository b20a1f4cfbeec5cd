"""What is stated about a profile, folded slowly and plainly from section 4 of `docs/identity.md`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from zuji.terms.message import KeyKind
from zuji.terms.subject import Statement, Subject

RANK: Mapping[KeyKind, int] = {"operator": 0, "secret": 1, "public": 2}

Moment = tuple[int, str, str]
"""(at, event id, source): the order of the fold."""


def moment_of(subject: Subject) -> Moment:
    return subject.at, subject.event_id, subject.source


def traits_of(said: Sequence[tuple[Subject, bool]]) -> dict[str, Any]:
    """The traits of one profile from its subjects, each with whether the profile was identified then."""
    ranked: list[tuple[tuple[Any, ...], Statement]] = []
    for subject, was_identified in said:
        strength = (-RANK[subject.key], was_identified, moment_of(subject))
        for place, statement in enumerate(subject.statements):
            removes = statement.operation in ("unset", "delete")
            ranked.append(((*strength, removes, place), statement))
    ranked.sort(key=lambda pair: pair[0])
    names = sorted({statement.name for _, statement in ranked if statement.operation != "delete"})
    folded = {name: one_trait(name, ranked) for name in names}
    return {name: value for name, (exists, value) in folded.items() if exists}


def one_trait(name: str, ranked: Sequence[tuple[tuple[Any, ...], Statement]]) -> tuple[bool, Any]:
    """Whether the profile has the trait, and its value. `ranked` goes from the weakest statement to the strongest."""
    left: list[tuple[tuple[Any, ...], Statement]] = []
    for strength, statement in ranked:
        if statement.operation == "delete" or (statement.operation == "unset" and statement.name == name):
            left = []
        elif statement.name == name:
            left.append((strength, statement))
    if not left:
        return False, None
    firsts = [(strength[2], strength[4], one.value) for strength, one in left if one.operation == "set_once"]
    value = min(firsts, key=lambda first: first[:2])[2] if firsts else None
    for _, statement in left:
        value = apply(value, statement)
    return True, value


def apply(value: Any, statement: Statement) -> Any:
    if statement.operation == "set":
        return statement.value
    if statement.operation == "add":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return (value if is_number else 0) + statement.value
    if statement.operation == "append":
        collected = list(value) if isinstance(value, list) else []
        news = statement.value if isinstance(statement.value, list) else [statement.value]
        for item in news:
            if json.dumps(item, sort_keys=True) not in [json.dumps(had, sort_keys=True) for had in collected]:
                collected.append(item)
        return collected
    return value
