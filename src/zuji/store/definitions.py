"""Definitions of tags, segments and visual events in the metadata: as they are written now, and the versions that were
published.

Which tags and segments hold at this moment is known to the engine (`store.tag_live`), because a replay of the spool
must find it there; this is what people work on. Their versions are written down before the decision is sent, so that a
number is never given twice, and taken back when the engine refuses it.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, delete, func, select, update

from zuji.store.definition_tables import DefinitionRow, DefinitionVersionRow
from zuji.store.metadata_rows import MetadataRows
from zuji.terms.error import NotFound

Kind = Literal["tag", "segment", "visual_event"]


class WrittenDefinition(msgspec.Struct, frozen=True):
    """A tag, segment or visual event as it is written now."""

    workspace: str
    kind: Kind
    key: str
    document: dict[str, Any]
    created_at: int
    updated_at: int
    updated_by: str


class DefinitionVersion(msgspec.Struct, frozen=True):
    """A version as it was published; a document of None ended all before it."""

    workspace: str
    kind: Kind
    key: str
    version: int
    document: dict[str, Any] | None
    at: int
    by: str


class Definitions(MetadataRows):
    """The door to the definitions. Nothing is found from another workspace."""

    def add(self, made: WrittenDefinition) -> None:
        """Keep a new one. Raises Conflict when there is one of that kind and key."""
        taken = f"there is a {made.kind} {made.key!r} in the workspace {made.workspace!r} already; choose another key."
        with self._change(taken=taken) as session:
            session.add(DefinitionRow(**msgspec.structs.asdict(made)))

    def get(self, workspace: str, kind: Kind, key: str) -> WrittenDefinition:
        """The one with this key. Raises NotFound."""
        found = self._first(select(DefinitionRow).where(_is(DefinitionRow, workspace, kind, key)), WrittenDefinition)
        if found is None:
            raise NotFound(f"there is no {kind} {key!r:.80} in the workspace {workspace}.")
        return found

    def all_of(self, workspace: str, kind: Kind) -> list[WrittenDefinition]:
        """Every one of a kind, by key."""
        chosen = select(DefinitionRow).where(DefinitionRow.workspace == workspace, DefinitionRow.kind == kind)
        return self._all(chosen.order_by(DefinitionRow.key), WrittenDefinition)

    def write(self, workspace: str, kind: Kind, key: str, document: dict[str, Any], *, at: int, by: str) -> None:
        """Put this in place of what is written; what was published stays. Raises NotFound."""
        with self._change() as session:
            changed = update(DefinitionRow).where(_is(DefinitionRow, workspace, kind, key))
            done: Any = session.execute(changed.values(document=document, updated_at=at, updated_by=by))
            if not done.rowcount:
                raise NotFound(f"there is no {kind} {key!r:.80} in the workspace {workspace}.")

    def forget(self, workspace: str, kind: Kind, key: str) -> None:
        """Remove one that was never published. Raises Conflict when it was: its history stays."""
        with self._change(taken=f"the {kind} {key!r} was published; it can end, but its history stays.") as session:
            session.execute(delete(DefinitionRow).where(_is(DefinitionRow, workspace, kind, key)))

    def number(
        self, workspace: str, kind: Kind, key: str, document: dict[str, Any] | None, *, at: int, by: str
    ) -> DefinitionVersion:
        """Write down the next version."""
        row = DefinitionVersionRow
        with self._change(taken=f"the {kind} {key!r} is being published by somebody else; look again.") as session:
            newest = session.scalar(select(func.max(row.version)).where(_is(row, workspace, kind, key))) or 0
            made = DefinitionVersion(workspace, kind, key, newest + 1, document, at, by)
            session.add(row(**msgspec.structs.asdict(made)))
        return made

    def take_back(self, version: DefinitionVersion) -> None:
        """Forget a version that the engine refused."""
        row = DefinitionVersionRow
        mine = _is(row, version.workspace, version.kind, version.key)
        with self._change() as session:
            session.execute(delete(row).where(mine, row.version == version.version))

    def versions(self, workspace: str, kind: Kind, key: str) -> list[DefinitionVersion]:
        """Every version, newest first."""
        row = DefinitionVersionRow
        chosen = select(row).where(_is(row, workspace, kind, key)).order_by(row.version.desc())
        return self._all(chosen, DefinitionVersion)

    def taken_from(self, workspace: str) -> list[tuple[str, str]]:
        """The tags that some version took from a property, with the property: (key, property)."""
        row = DefinitionVersionRow
        property_ = row.document[("rule", "value", "property")].as_string()
        mine = (row.workspace == workspace) & (row.kind == "tag") & property_.is_not(None)
        with self._reading() as session:
            return [(key, name) for key, name in session.execute(select(row.key, property_).where(mine).distinct())]


def _is(row: Any, workspace: str, kind: Kind, key: str) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = (row.workspace == workspace) & (row.kind == kind) & (row.key == key)
    return mine
