"""Values that others give to tags: taken in by a decision, moved with people, ended when their time is over.

All of it happens in a transaction of the hot state that the tag stage is part of, so whoever reads sees a value and
what live rules make of it together, and a replay of the spool gives the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from zuji.identify.current import owners_ever
from zuji.identify.linked import Linked
from zuji.identify.resolver import Resolver
from zuji.run.tagging import Tagger
from zuji.run.tagging_batch import moved_people
from zuji.run.tagging_people import Why
from zuji.store import given_tags, identity, tag_live, tag_timers, tag_values
from zuji.store.given_tags import GivenRow
from zuji.store.hot import HotStore, HotTransaction
from zuji.store.tag_values import SILENT, TOLD, Cause, NewChange, NewValue, TagValue, Told
from zuji.tag.catalogue import definitions_in
from zuji.tag.definition import Definition
from zuji.tag.given import Words, end_of, newest_words, require_fitting, values_in
from zuji.tag.graph import needed_by
from zuji.terms.error import NotFound

LOOK_EVERY_MS = 1_000
MOST_ENDED = 1_000
LOOKED_AT_ONCE = 100
"""So few people are asked again at once; of more, events would wait too long, so they are taken in bites."""


@dataclass(frozen=True)
class Given:
    """What a decision to give values will do. `unknown`: identifiers that nobody has, which get nothing."""

    rows: Sequence[GivenRow]
    unknown: Sequence[tuple[str, str]]
    told: Told


class Giving:
    """Called by whoever holds the batch lock."""

    def __init__(self, *, hot: HotStore, resolver: Resolver, tagger: Tagger, now_ms: Callable[[], int]) -> None:
        self._hot = hot
        self._resolver = resolver
        self._tagger = tagger
        self._now_ms = now_ms
        self._looked_ms: int | None = None

    def plan(self, workspace: str, words: Words, *, who: str, at_ms: int) -> Given:
        """Decide about words said at a moment. Raises NotFound, Conflict or BadRequest."""
        with self._hot.read() as connection:
            definition = _published(connection, workspace, words.key)
            require_fitting(definition, words.values)
            named = [(one.type, one.identifier) for one in words.values]
            anchors = _anchors(connection, workspace, named)
        until_ms = end_of(at_ms, definition.validity_days)
        rows = [
            GivenRow(
                workspace=workspace, key=words.key, anchor=anchors[name], value=word.value, at_ms=at_ms,
                until_ms=until_ms, who=who,
            )
            for name, word in zip(named, words.values, strict=True)
            if name in anchors
        ]  # fmt: skip
        unknown = [name for name in dict.fromkeys(named) if name not in anchors]
        return Given(rows, unknown, TOLD if words.announce else SILENT)

    def write(self, connection: HotTransaction, given: Given, now_ms: int) -> None:
        """Carry out what was planned, in the decision's transaction."""
        given_tags.give(connection, given.rows)
        for workspace in {row.workspace for row in given.rows}:
            persons = owners_ever(connection, workspace, {row.anchor for row in given.rows})
            self._settle(connection, workspace, persons, Why("set"), now_ms, given.told)

    def take(self, connection: HotTransaction, linked: Linked, now_ms: int) -> None:
        """Whoever gained or lost identifiers has what was said of those they own now. Their rules are asked after."""
        for workspace in {one.workspace for one in linked.changes} | {row[0] for row in linked.slice_rows}:
            persons = moved_people(linked, workspace) - {0}
            changed = self._bring_up(connection, workspace, persons, Why("identity"), now_ms, TOLD)
            self._drop_cached(workspace, {person for person, _ in changed})

    def end_due(self) -> None:
        """Take away the values whose time is over. Called between batches; it looks once a second."""
        now_ms = self._now_ms()
        if self._looked_ms is not None and 0 <= now_ms - self._looked_ms < LOOK_EVERY_MS:
            return
        self._looked_ms = now_ms
        with self._hot.read() as connection:
            if not given_tags.ended(connection, now_ms, 1):
                return
        try:
            with self._hot.write() as connection:
                self._end(connection, given_tags.ended(connection, now_ms, MOST_ENDED), now_ms)
        except BaseException:
            self._tagger.forget()
            raise
        self._tagger.settle()
        self._looked_ms = None  # there may be more

    def _end(self, connection: HotTransaction, over: Sequence[GivenRow], now_ms: int) -> None:
        given_tags.drop(connection, (row.number for row in over))
        for workspace in {row.workspace for row in over}:
            anchors = {row.anchor for row in over if row.workspace == workspace}
            persons = owners_ever(connection, workspace, anchors)
            self._settle(connection, workspace, persons, Why("time"), now_ms, TOLD)

    def _settle(
        self, connection: HotTransaction, workspace: str, persons: Collection[int], why: Why, now_ms: int, told: Told
    ) -> None:
        """Bring these people up to what is said of them, then ask the live rules that name it."""
        changed = self._bring_up(connection, workspace, persons, why, now_ms, told)
        self._drop_cached(workspace, {person for person, _ in changed})
        moved = {person for person, key in changed if self._is_named_live(workspace, key)}
        if len(moved) <= LOOKED_AT_ONCE:
            self._tagger.look(connection, workspace, sorted(moved), why, now_ms)
        else:
            tag_timers.wake(connection, workspace, moved, now_ms)

    def _bring_up(
        self, connection: HotTransaction, workspace: str, persons: Collection[int], why: Why, now_ms: int, told: Told
    ) -> list[tuple[int, str]]:
        """Write what these people have of given tags now. Gives (person, key) of what changed."""
        versions = given_tags.versions(connection, workspace) if persons else {}
        if not versions:
            return []
        holdings = self._resolver.holdings(connection, workspace, persons)
        anchors = {one.anchor for held in holdings.values() for one in held}
        rows: dict[int, list[GivenRow]] = {}
        for row in given_tags.of_anchors(connection, workspace, anchors):
            rows.setdefault(row.anchor, []).append(row)
        before = tag_values.values_of(connection, workspace, persons)
        changes: list[NewChange] = []
        for person, held in holdings.items():
            said = [row for anchor in {one.anchor for one in held} for row in rows.get(anchor, ())]
            values = values_in(newest_words(said, held, now_ms))
            changes += _differing(workspace, person, versions, before.get(person, {}), values, why.cause, now_ms, told)
        _write(connection, changes, versions, now_ms)
        return [(one.person, one.key) for one in changes]

    def _drop_cached(self, workspace: str, persons: Collection[int]) -> None:
        books = self._tagger.books(workspace)
        if books is not None:
            books.people.drop(persons)

    def _is_named_live(self, workspace: str, key: str) -> bool:
        books = self._tagger.books(workspace)
        return books is not None and any(one.is_live for one in needed_by(("tag", key), books.rules.published))


def read_words(properties: bytes) -> Words:
    """What a decision to give values says."""
    return msgspec.json.decode(properties, type=Words)


def _differing(
    workspace: str,
    person: int,
    versions: Iterable[str],
    before: dict[tag_values.Name, TagValue],
    values: dict[str, object],
    cause: Cause,
    now_ms: int,
    told: Told,
) -> list[NewChange]:
    """What differs for somebody, of the tags whose values are given."""
    found = []
    for key in versions:
        known = before.get(("tag", key))
        old, new = known.value if known is not None else None, values.get(key)
        if not _is_same(old, new):
            found.append(
                NewChange(
                    workspace=workspace, person=person, kind="tag", key=key, old=old, new=new, cause=cause,
                    at_ms=now_ms, told=told,
                )
            )  # fmt: skip
    return found


def _is_same(old: object, new: object) -> bool:
    """True is not 1 here: what was there may be of a rule that the tag had before."""
    return old == new and isinstance(old, bool) == isinstance(new, bool)


def _write(connection: HotTransaction, changes: Sequence[NewChange], versions: dict[str, int], now_ms: int) -> None:
    values = (
        NewValue(one.workspace, one.person, one.kind, one.key, one.new, now_ms, versions[one.key]) for one in changes
    )
    tag_values.write_values(connection, values)
    tag_values.record(connection, changes, readable_at_ms=now_ms)


def _published(connection: HotTransaction, workspace: str, key: str) -> Definition:
    rows = [one for one in tag_live.published(connection, workspace) if (one.kind, one.key) == ("tag", key)]
    if not rows:
        raise NotFound(f"no tag {key!r:.80} is published.")
    return definitions_in(rows)[0]


def _anchors(
    connection: HotTransaction, workspace: str, named: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """(type, value) -> anchor of those that anybody ever had."""
    kinds = identity.kinds(connection)
    types = {number: type_ for (where, type_), number in kinds.items() if where == workspace}
    keys = [(kinds[workspace, type_], value) for type_, value in named if (workspace, type_) in kinds]
    return {(types[row[1]], row[2]): row[0] for row in identity.nodes_by_value(connection, keys)}
