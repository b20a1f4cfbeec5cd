"""A part of a data set, imported by its mapping into an engine, and what the starter set then says of everybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from engine_world import NOON_MS, World, a_source, running

from zuji.collect.importing.mapping import load_mapping
from zuji.collect.importing.record import Import, ImportLedger
from zuji.collect.importing.run import Effects, Order, run_import
from zuji.store.query import Query
from zuji.tag.definition import Definition
from zuji.tag.graph import in_force
from zuji.tag.history import Asked, definitions_query
from zuji.tag.starter_set import starter_set
from zuji.terms.period import Calendar

MAPPINGS = Path(__file__).parent.parent / "imported" / "mappings"
WORKSPACE = "default"
Said = dict[str, dict[str, Any]]
"""By user, then by tag or segment: the value; what somebody has not is left out."""
RULES = tuple(one for one in starter_set() if one.rule is not None)
"""The two statistics of the set are questions: tests/data/asked compares those with plain scripts."""


@dataclass(frozen=True)
class Moment:
    """As of when the tags are asked, and where its days begin."""

    at_ms: int
    zone: str


@contextmanager
def engine_with(folder: Path, files: Mapping[Path, str]) -> Iterator[World]:
    """An engine over a new folder that took these files in, each by the mapping of this name."""
    with running(folder) as world:
        for path, mapping in files.items():
            done = _import(world, folder, path, mapping)
            assert (done.state, done.rejected) == ("done", 0)
        world.settle()
        yield world


def _import(world: World, folder: Path, path: Path, mapping: str) -> Import:
    read = load_mapping(MAPPINGS / f"{mapping}.toml")
    order = Order(path=path, name=path.name, mapping=read, source=a_source(WORKSPACE, mapping), own_source=True)
    return run_import(order, Effects(spool=world.spool, ledger=ImportLedger(folder), now_ms=lambda: NOON_MS))


def said_of_everybody(world: World, moment: Moment) -> Said:
    """What every rule of the starter set says, in one pass over the stored events, as a preview and a backfill do."""
    store = world.engine.events
    calendar = Calendar(ZoneInfo(moment.zone))
    asked = Asked(WORKSPACE, store.person_of_event(), calendar, moment.at_ms, in_force(starter_set()))
    users = _users(world)
    rows = store.query(definitions_query(RULES, asked)).to_pylist()
    return {users[row["person"]]: dict(_values(RULES, row)) for row in rows}


def _values(rules: tuple[Definition, ...], row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for place, one in enumerate(rules):
        value = row[f"v{place}"]
        if value is not None and value != []:
            yield one.key, round(value, 6) if isinstance(value, float) else value


def _users(world: World) -> dict[int, str]:
    """Whose number is whose: an import names everybody by their account alone, so everybody is one anchor."""
    whose = world.engine.events.person_of_event()
    asked = f"SELECT DISTINCT {whose.sql} AS person, identifiers[1].2 AS user FROM zuji.events"
    rows = world.engine.events.query(Query(asked, whose.params)).to_pylist()
    users = {row["person"]: row["user"] for row in rows}
    assert len(set(users.values())) == len(users) == len(rows)
    return users
