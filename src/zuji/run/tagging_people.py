"""What people have and when they are to be looked at again, in memory; and what another look at them comes to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import msgspec

from zuji.identify.current import people_now
from zuji.run.tagging_rules import Rules
from zuji.run.two_ages import TwoAges
from zuji.store import tag_timers, tag_values
from zuji.store.hot import HotTransaction
from zuji.store.tag_values import Cause, Name, NewChange, NewValue
from zuji.tag.compiled import NOTHING_SAID, Evaluated
from zuji.tag.person_facts import NOTHING_KNOWN, PersonFacts

KEPT: Final = 100_000


class Record(msgspec.Struct, gc=False):
    """What is known of a person beside their events. `said`: by live rules; `given`: the values that others give."""

    said: Mapping[Name, Any]
    due_ms: int | None
    given: Mapping[Name, Any] = msgspec.field(default_factory=dict)
    facts: PersonFacts | None = None


class Why(msgspec.Struct, frozen=True, gc=False):
    """What made us look at somebody. `reach`: the atoms of the events, where nothing but these can have changed."""

    cause: Cause
    event_id: str | None = None
    received_at_ms: int | None = None
    reach: int | None = None


@dataclass
class Outcome:
    """What looking at people of a workspace at a moment comes to: everything to be written."""

    workspace: str
    now_ms: int
    values: list[NewValue] = field(default_factory=list)
    changes: list[NewChange] = field(default_factory=list)
    due: list[tuple[int, str, int]] = field(default_factory=list)


def facts_for(record: Record) -> PersonFacts:
    """What rules know of a person beside events: with the tags and segments that no live rule gives."""
    facts = record.facts or NOTHING_KNOWN
    if not record.given:
        return facts
    return replace(
        facts,
        tags={key: value for (kind, key), value in record.given.items() if kind == "tag"},
        segments=frozenset(key for kind, key in record.given if kind == "segment"),
    )


class PeopleBook:
    """The records of one workspace's people. `settle` or `forget` follow the end of each transaction."""

    def __init__(self, workspace: str, rules: Rules) -> None:
        self._workspace = workspace
        self._rules = rules
        self._kept: TwoAges[Record] = TwoAges(KEPT)
        self._written: set[int] = set()
        """Of whom others wrote values in this transaction: then who was born in it has some."""

    def load(
        self,
        connection: HotTransaction,
        persons: Iterable[int],
        *,
        changed: Iterable[int] = (),
        newborn: Collection[int] = (),
    ) -> dict[int, Record]:
        """The records of these people; the traits and identifiers of the `changed` are read anew."""
        found: dict[int, Record] = {}
        missing = []
        for person in persons:
            record = self._kept.get(person)
            if record is None and person in newborn and person not in self._written:
                record = Record(NOTHING_SAID, None)
                self._kept.put(person, record)
            if record is None:
                missing.append(person)
            else:
                found[person] = record
        if missing:
            values = tag_values.newest_of(connection, self._workspace, missing, self._rules.compiled.names)
            due = tag_timers.due_of(connection, missing)
            for person in missing:
                found[person] = record = self._record(values.get(person, NOTHING_SAID), due.get(person))
                self._kept.put(person, record)
        for person in changed:
            if person in found:
                found[person].facts = None
        return found

    def _record(self, values: Mapping[Name, Any], due_ms: int | None) -> Record:
        live = self._rules.live
        if values.keys() <= live.keys():
            return Record(values, due_ms)
        said = {name: value for name, value in values.items() if name in live}
        return Record(said, due_ms, {name: value for name, value in values.items() if name not in live})

    def load_facts(self, connection: HotTransaction, records: Mapping[int, Record]) -> None:
        """Have the traits and identifiers of all of these."""
        missing = [person for person, record in records.items() if record.facts is None]
        for person in people_now(connection, self._workspace, missing) if missing else ():
            identifiers = tuple((one.type, one.value) for one in person.identifiers)
            records[person.id].facts = PersonFacts(person.traits, identifiers)

    def drop(self, persons: Collection[int]) -> None:
        """What is known of these may be old: others write values and times too."""
        self._kept.drop(persons)
        self._written.update(persons)

    def settle(self) -> None:
        """The transaction was committed."""
        self._kept.age()
        self._written.clear()

    def forget(self) -> None:
        """It was rolled back, or somebody else wrote values: read them again."""
        self._kept.clear()
        self._written.clear()


def compare(outcome: Outcome, person: int, record: Record, rules: Rules, found: Evaluated, why: Why) -> None:
    """Add to the outcome what differs, and bring the record up to it.

    Values of names that the stream does not give are left alone, unless nothing of that name is published any more.
    """
    workspace, now_ms = outcome.workspace, outcome.now_ms
    gone = [(name, old, None) for name, old in record.given.items() if name not in rules.names]
    for name, old, new in (*gone, *found.changes):
        kind, key = name
        version = rules.live[name].version if name in rules.live else 0
        outcome.values.append(NewValue(workspace, person, kind, key, new, now_ms, version))
        outcome.changes.append(
            NewChange(
                workspace=workspace, person=person, kind=kind, key=key, old=old, new=new,
                cause=why.cause, cause_event_id=why.event_id, at_ms=now_ms, received_at_ms=why.received_at_ms,
            )
        )  # fmt: skip
    record.said = found.values
    if gone:
        record.given = {name: value for name, value in record.given.items() if name in rules.names}


def arm(outcome: Outcome, person: int, record: Record, next_ms: int | None) -> None:
    """Say when the person is to be looked at next.

    A time that is set already and comes earlier stays: looking once too often costs less than moving it every time.
    """
    if next_ms is not None and (record.due_ms is None or record.due_ms > next_ms):
        outcome.due.append((person, outcome.workspace, next_ms))
        record.due_ms = next_ms
