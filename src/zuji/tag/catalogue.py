"""The catalogue of a workspace: definitions written, changed, prepared for publishing and for their end.

What is written is in the metadata, what holds is known to the engine. Nothing here publishes: it says what would hold,
and gives the number under which the decision goes out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zuji.store import tag_live
from zuji.store.definitions import Definitions, DefinitionVersion, WrittenDefinition
from zuji.store.hot import HotStore
from zuji.store.tag_live import LiveRow
from zuji.tag.definition import Definition, Kind, Published, SavedPeople, read_definition
from zuji.tag.graph import in_force, needed_by
from zuji.terms.error import BadQuestion, Conflict


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The definitions of one workspace as one caller works on them. `now_ms` is when, `by` is who."""

    kept: Definitions
    hot: HotStore
    workspace: str
    by: str
    now_ms: int

    def published(self) -> Published:
        """What holds now."""
        return in_force(self._in_engine())

    def with_definition(self, definition: Definition) -> Published:
        """What would hold with this one in place of the one of its name. Raises BadQuestion."""
        others = [one for one in self._in_engine() if (one.kind, one.key) != (definition.kind, definition.key)]
        return in_force([*others, definition])

    def written(self, kind: Kind) -> list[WrittenDefinition]:
        """Everything of a kind, by key."""
        return self.kept.all_of(self.workspace, kind)

    def one(self, kind: Kind, key: str) -> WrittenDefinition:
        """The one with this key as it is written. Raises NotFound."""
        return self.kept.get(self.workspace, kind, key)

    def versions(self, kind: Kind, key: str) -> list[DefinitionVersion]:
        """Every version of one, newest first. Raises NotFound."""
        return self.kept.versions(self.workspace, kind, self.one(kind, key).key)

    def create(self, kind: Kind, document: Any) -> WrittenDefinition:
        """Write a new one down. It holds for nobody before it is published."""
        read = read_definition(kind, document)
        made = WrittenDefinition(self.workspace, kind, read.key, dict(read.document), self.now_ms, self.now_ms, self.by)
        self.kept.add(made)
        return made

    def change(self, kind: Kind, key: str, document: Any) -> WrittenDefinition:
        """Write another document in its place. What holds stays until it is published."""
        read = read_definition(kind, document)
        if read.key != key:
            raise BadQuestion(f"key: {read.key} is not {key}. A key stays; make a new {kind} for another one.")
        self.kept.write(self.workspace, kind, key, dict(read.document), at=self.now_ms, by=self.by)
        return self.one(kind, key)

    def to_publish(self, kind: Kind, key: str) -> Definition:
        """What is written, as its next version, if it fits to what holds. Raises BadQuestion."""
        document = self.one(kind, key).document
        self.with_definition(read_definition(kind, document))
        return read_definition(kind, document, version=self._number(kind, key, document).version)

    def to_end(self, kind: Kind, key: str) -> int | None:
        """The number of its end; None when it does not hold, and is forgotten at once. Raises Conflict if it is needed.

        What was published before keeps its history and can be published again.
        """
        self.one(kind, key)
        published = self.published()
        if (kind, key) not in {(one.kind, one.key) for one in published.definitions}:
            if not self.kept.versions(self.workspace, kind, key):
                self.kept.forget(self.workspace, kind, key)
            return None
        if others := needed_by((kind, key), published):
            named = ", ".join(f"{one.kind} {one.key}" for one in others[:10])
            raise Conflict(f"{kind} {key} is named by {named}. Change or end those first.")
        return self._number(kind, key, None).version

    def on_list(self, list_id: str) -> list[str]:
        """The keys of the segments that are the people of this saved list: that hold, or are written and not ended."""
        wanted = SavedPeople(list_id)
        holding = {one.key for one in self._in_engine() if one.members == wanted}
        written = {
            one.key
            for one in self.written("segment")
            if read_definition("segment", one.document).members == wanted and not self._is_ended("segment", one.key)
        }
        return sorted(holding | written)

    def _is_ended(self, kind: Kind, key: str) -> bool:
        versions = self.kept.versions(self.workspace, kind, key)
        return bool(versions) and versions[0].document is None

    def refused(self, kind: Kind, key: str, version: int) -> None:
        """The engine did not take this version: its number is free again."""
        self.kept.take_back(DefinitionVersion(self.workspace, kind, key, version, None, 0, ""))

    def _number(self, kind: Kind, key: str, document: dict[str, Any] | None) -> DefinitionVersion:
        return self.kept.number(self.workspace, kind, key, document, at=self.now_ms, by=self.by)

    def _in_engine(self) -> list[Definition]:
        with self.hot.read() as connection:
            return definitions_in(tag_live.published(connection, self.workspace))


def definitions_in(rows: Iterable[LiveRow]) -> list[Definition]:
    """What was published, as values."""
    return [read_definition(row.kind, row.document, version=row.version) for row in rows]
