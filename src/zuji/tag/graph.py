"""Which definition needs which: their order, circles refused by name, and exclusion within groups worked in.

Exclusion is no part of evaluation: the rule of a tag in a group gets the condition that no tag before it in the group
has a value. So whoever works out rules knows nothing of groups, and a tag depends on those that go before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby

from zuji.tag.definition import Definition, Kind, Published
from zuji.tag.rule import (
    AllOf,
    Case,
    Cases,
    Comparison,
    Condition,
    HasTag,
    Not,
    Rule,
    ValueOf,
    When,
    segments_of,
    tags_of,
)
from zuji.terms.error import BadQuestion

Named = tuple[Kind, str]
LONGEST_CHAIN = 200
"""Far below what Python's recursion takes."""


def in_force(definitions: Iterable[Definition]) -> Published:
    """What holds when exactly these are published: in order, their groups worked in.

    Raises BadQuestion when one names what is not there, or when names lead back to where they began.
    """
    given = tuple(definitions)
    guards = _guards(given)
    known: dict[Named, Definition] = {}
    for one in given:
        guard = guards.get((one.kind, one.key), ())
        known[one.kind, one.key] = replace(one, rule=guarded(one.rule, guard)) if one.rule and guard else one
    depths: dict[Named, int] = {}
    for named in sorted(known):
        _visit(named, known, depths, ())
    return Published(tuple(known[named] for named in depths))


def needs(definition: Definition) -> tuple[Named, ...]:
    """What the rule of a definition names."""
    if definition.rule is None:
        return ()
    tags: list[Named] = [("tag", key) for key in sorted(tags_of(definition.rule))]
    return (*tags, *(("segment", key) for key in sorted(segments_of(definition.rule))))


def needed_by(named: Named, published: Published) -> tuple[Definition, ...]:
    """Those published that name this one."""
    return tuple(one for one in published.definitions if named in needs(one))


def resting_on(named: Named, published: Published) -> tuple[Definition, ...]:
    """Those published whose values this one has a part in: that name it, or one that does, and so on."""
    found: dict[Named, Definition] = {}
    reached = {named}
    for one in published.definitions:  # each after those that it names
        if reached.intersection(needs(one)):
            reached.add((one.kind, one.key))
            found[one.kind, one.key] = one
    return tuple(found.values())


def _visit(named: Named, known: Mapping[Named, Definition], depths: dict[Named, int], way: tuple[Named, ...]) -> int:
    """Depth first: how long a chain ends here. `way` is how we came; `depths` keeps the order of finishing."""
    if named in depths:
        return depths[named]
    if named in way:
        raise BadQuestion(f"rules go round in a circle: {_said((*way[way.index(named) :], named))}. Break it.")
    if named not in known:
        raise BadQuestion(f"{_one(way[-1])} names {_one(named)}, which is not published. Publish that first.")
    further = needs(known[named]) if len(way) < LONGEST_CHAIN else ()
    depth = 1 + max((_visit(each, known, depths, (*way, named)) for each in further), default=0)
    if len(way) + depth > LONGEST_CHAIN:
        raise BadQuestion(f"{_one(named)} stands in a chain of more than {LONGEST_CHAIN} definitions. Shorten it.")
    depths[named] = depth
    return depth


def _said(circle: tuple[Named, ...]) -> str:
    return " -> ".join(map(_one, circle))


def _one(named: Named) -> str:
    return f"{named[0]} {named[1]}"


def _guards(given: tuple[Definition, ...]) -> dict[Named, tuple[Condition, ...]]:
    """For each tag in a group: that none of those before it has a value."""
    in_order = sorted((one for one in given if one.group), key=lambda one: (one.group, -one.priority, one.key))
    found: dict[Named, tuple[Condition, ...]] = {}
    for _, members in groupby(in_order, key=lambda one: one.group):
        before: tuple[Condition, ...] = ()
        for one in members:
            found[one.kind, one.key] = before
            before = (*before, Not(HasTag(one.key, Comparison("is_set"))))
    return found


def guarded(rule: Rule, guard: tuple[Condition, ...]) -> Rule:
    """The same rule for those who pass all of `guard`; nothing for the others."""

    def also(when: Condition) -> Condition:
        return AllOf((*guard, when))

    match rule:
        case When(when):
            return When(also(when))
        case ValueOf(measure, when):
            return ValueOf(measure, also(when))
        case Cases(cases, otherwise):
            told = tuple(Case(case.value, also(case.when)) for case in cases)
            return Cases(told if otherwise is None else (*told, Case(otherwise, AllOf(guard))))
