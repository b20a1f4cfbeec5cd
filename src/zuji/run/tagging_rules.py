"""The rules that the stream executes in each workspace, compiled once per publishing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from zuji.store import tag_live
from zuji.store.hot import HotTransaction
from zuji.store.tag_values import Name
from zuji.tag.catalogue import definitions_in
from zuji.tag.compiled import Compiled, compile_rules
from zuji.tag.definition import Definition, ListOf, Published
from zuji.tag.graph import in_force
from zuji.tag.rule import HasIdentifier, Trait, leaves_of
from zuji.terms.period import Calendar

CalendarOf = Callable[[str], Calendar]
"""How a workspace counts its days."""


def in_utc(workspace: str) -> Calendar:
    """Where nobody says otherwise."""
    return Calendar(ZoneInfo("UTC"))


@dataclass(frozen=True)
class Rules:
    """What holds in a workspace.

    `live`: the names whose values the stream gives; others are left as they are. `asks_who`: whether a live rule looks
    at traits or identifiers, which have to be gathered for that.
    """

    published: Published
    compiled: Compiled
    live: dict[Name, Definition]
    names: frozenset[Name]
    asks_who: bool


def load_rules(connection: HotTransaction, calendar_of: CalendarOf) -> dict[str, Rules]:
    """The rules of every workspace that has live ones."""
    found = {}
    for workspace, published in published_everywhere(connection).items():
        rules = rules_of(published, calendar_of(workspace))
        if rules.live:
            found[workspace] = rules
    return found


def published_everywhere(connection: HotTransaction) -> dict[str, Published]:
    """What holds in each workspace that has published anything."""
    rows = groupby(tag_live.published(connection), key=attrgetter("workspace"))
    return {workspace: in_force(definitions_in(group)) for workspace, group in rows}


def rules_of(published: Published, calendar: Calendar) -> Rules:
    """Compile what is published."""
    live: dict[Name, Definition] = {(one.kind, one.key): one for one in published.live()}
    names = frozenset((one.kind, one.key) for one in published.definitions)
    asks_who = any(_asks_who(one) for one in published.definitions)
    return Rules(published, compile_rules(published, calendar), live, names, asks_who)


def _asks_who(one: Definition) -> bool:
    if isinstance(one.members, ListOf):
        return True
    return one.rule is not None and one.is_live and any(isinstance(leaf, _WHO) for leaf in leaves_of(one.rule))


_WHO = (Trait, HasIdentifier)
