"""The real engine under test: random worlds are loaded into one event store, each as a workspace of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from analyse.reference.world import Event, World
from zuji.analyse.ask import Asker, Asking
from zuji.store.events import EventStore
from zuji.store.outbox import PeopleRows, PersonRow, SliceRow
from zuji.store.profiles import ProfileRow
from zuji.store.query import Query
from zuji.store.schema import EVENT_SCHEMA
from zuji.terms.event import Flag

EVER = 2**53
STRIDE = 10_000
"""Anchors and people of the n-th world are moved by n strides: anchors are one sequence over all workspaces."""


class Engine:
    """Loads worlds and asks about them. `now_ms` is the clock of questions that bring no `now`."""

    def __init__(self, folder: Path, *, now_ms: int = 1_780_000_000_000) -> None:
        self.store = EventStore.open(folder)
        self.asker = Asker(self.store, now_ms=lambda: now_ms)
        self._worlds = 0
        self._version = 0

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def load(self, world: World) -> Loaded:
        """Store a world; what is given answers questions about it."""
        [loaded] = self.load_all([world])
        return loaded

    def load_all(self, worlds: Sequence[World]) -> list[Loaded]:
        """Store worlds together, which is much cheaper than one by one: each has a workspace of its own."""
        self._version += 1
        together: list[Loaded] = []
        for world in worlds:
            self._worlds += 1
            together.append(Loaded(self, f"w{self._worlds}", self._worlds * STRIDE, world.timezone))
        pairs = list(zip(worlds, together, strict=True))
        tables = [_table(world, loaded) for world, loaded in pairs if world.events]
        if tables:
            self.store.insert(pa.concat_tables(tables))
        owners = [_owners(world, loaded, self._version) for world, loaded in pairs]
        people = tuple(row for one in owners for row in one.people)
        slices = tuple(row for one in owners for row in one.slices)
        self.store.insert_owners(PeopleRows(people=people, slices=slices))
        profiles = [row for world, loaded in pairs for row in _profiles(world, loaded)]
        if profiles:
            self.store.insert_profiles(profiles)
        return together

    def add(self, world: World, loaded: Loaded) -> None:
        """Store the events of a world in a workspace that is there already."""
        if world.events:
            self.store.insert(_table(world, loaded))

    def sql(self, sql: str) -> list[dict[str, Any]]:
        """For a look inside."""
        rows: list[dict[str, Any]] = self.store.query(Query(sql)).to_pylist()
        return rows


class Loaded:
    """A world in the store."""

    def __init__(self, engine: Engine, workspace: str, offset: int, timezone: str) -> None:
        self._engine, self.workspace, self._offset = engine, workspace, offset
        self._asking = Asking(workspace, timezone)

    def moved(self, number: int) -> int:
        """An anchor or person of the world, in the store; nobody stays nobody."""
        return number + self._offset if number else 0

    def answer(self, kind: str, question: Mapping[str, Any]) -> dict[str, Any]:
        """The `answer` of the engine."""
        return self._engine.asker.ask(kind, question, self._asking).answer

    def people(self, kind: str, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[int | str]:
        """The people behind a figure, as the world numbers them."""
        found = self._engine.asker.people(kind, question, cell, self._asking).people
        assert len(set(found.keys)) == len(found.keys), "somebody is listed twice"
        return {key - self._offset if isinstance(key, int) else key for key in found.keys}


def _owners(world: World, loaded: Loaded, version: int) -> PeopleRows:
    """Whose the anchors of a world are: a row for one that keeps its owner, stretches for one that does not."""
    people, slices = [], []
    known = sorted((event for event in world.events if event.anchor), key=lambda event: (event.anchor, event.at))
    for anchor, group in groupby(known, key=lambda event: event.anchor):
        owned = [(at, loaded.moved(person)) for at, person in _stretches(list(group))]
        if len(owned) == 1:
            people.append(PersonRow(loaded.workspace, loaded.moved(anchor), owned[0][1], version))
            continue
        ends = [at for at, _ in owned[1:]] + [EVER]
        slices += [
            SliceRow(loaded.workspace, loaded.moved(anchor), max(at, -EVER), end, person, version)
            for (at, person), end in zip(owned, ends, strict=True)
        ]
    return PeopleRows(people=tuple(people), slices=tuple(slices))


def _profiles(world: World, loaded: Loaded) -> list[ProfileRow]:
    return [
        ProfileRow(
            workspace=loaded.workspace,
            person=loaded.moved(profile.person),
            identified=profile.identified,
            first_seen_ms=0,
            identifiers=(),
            traits=json.dumps(dict(profile.traits), ensure_ascii=False),
            version=1,
        )
        for profile in world.profiles.values()
    ]


def _stretches(events: list[Event]) -> list[tuple[int, int]]:
    """(from when, whose) of one anchor's events in order of time; the first stretch begins with time itself."""
    starts = [(-EVER, events[0].person)]
    for event in events[1:]:
        if event.person != starts[-1][1]:
            starts.append((event.at, event.person))
    return starts


def _table(world: World, loaded: Loaded) -> pa.Table:
    rows = [_row(event, loaded) for event in world.events]
    return pa.Table.from_pylist(rows, schema=EVENT_SCHEMA)


def _row(event: Event, loaded: Loaded) -> dict[str, Any]:
    row: dict[str, Any] = {
        field.name: 0 if pa.types.is_integer(field.type) else [] if pa.types.is_list(field.type) else ""
        for field in EVENT_SCHEMA
    }
    row |= {"amount": None, "context": "{}", **event.fields}
    return row | {
        "workspace": loaded.workspace,
        "anchor": loaded.moved(event.anchor),
        "occurred_at": event.at,
        "received_at": event.at,
        "position": event.position,
        "event_id": event.event_id,
        "type": event.type,
        "event": event.event,
        "properties": json.dumps(dict(event.properties), ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        "flags": event.flags | (0 if "analytics" in event.purposes else Flag.NO_ANALYTICS),
        "purposes": list(event.purposes),
    }
