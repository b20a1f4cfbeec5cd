"""Metadata: workspaces, sources, write keys, tokens and the audit log. SQLite by default, PostgreSQL by its URL.

Frozen values go in and out; every call is one transaction. Times are milliseconds since 1970.
"""

# ruff: noqa: A002 - an id is called `id` where values are made and found, as it is in the values themselves.
from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, select, update

from zuji.store.metadata_rows import MetadataRows
from zuji.store.metadata_tables import AuditRow, SourceRow, TokenRow, WorkspaceRow, WriteKeyRow
from zuji.terms.error import NotFound
from zuji.terms.message import KeyKind
from zuji.terms.source import Role, Source


class Workspace(msgspec.Struct, frozen=True):
    """One tenant: its data, people, keys and tokens are its own."""

    id: str
    name: str
    timezone: str
    created_at: int


class WriteKey(msgspec.Struct, frozen=True):
    """A write key as it is stored: by its hash, with a hint (prefix and last characters) for people."""

    id: str
    workspace: str
    source: str
    kind: KeyKind
    key_sha256: str
    hint: str
    created_at: int
    revoked_at: int | None = None


class Token(msgspec.Struct, frozen=True):
    """A token as it is stored: by its hash. `workspace` None: good for all of them."""

    id: str
    workspace: str | None
    role: Role
    name: str
    token_sha256: str
    hint: str
    created_at: int
    expires_at: int | None = None
    revoked_at: int | None = None
    last_used_at: int | None = None
    user: str | None = None
    """The user whose token it is: it ends with them."""


class AuditEntry(msgspec.Struct, frozen=True):
    """Who did what to what, and when."""

    id: int
    at: int
    actor: str
    action: str
    subject: str
    detail: str


class Metadata(MetadataRows):
    """The door to workspaces, sources, keys, tokens and the audit log. Any thread may call it."""

    def create_workspace(self, *, id: str, name: str, timezone: str, created_at: int) -> Workspace:
        """Add a workspace. Raises Conflict when its id is taken."""
        made = Workspace(id, name, timezone, created_at)
        with self._change(taken=f"there is a workspace {id!r} already; choose another id.") as session:
            session.add(WorkspaceRow(**msgspec.structs.asdict(made)))
        return made

    def get_workspace(self, id: str) -> Workspace | None:
        """The workspace with this id, or None."""
        return self._first(select(WorkspaceRow).where(WorkspaceRow.id == id), Workspace)

    def list_workspaces(self) -> list[Workspace]:
        """All workspaces, oldest first."""
        return self._all(select(WorkspaceRow).order_by(WorkspaceRow.created_at, WorkspaceRow.id), Workspace)

    def create_source(self, source: Source, *, created_at: int) -> None:
        """Add a source. Raises Conflict when the workspace has one of that name, or there is no such workspace."""
        taken = f"the workspace {source.workspace!r} does not exist or has a source named {source.name!r} already."
        with self._change(taken=taken) as session:
            session.add(SourceRow(created_at=created_at, **_source_columns(source)))

    def get_source(self, workspace: str, id: str) -> Source | None:
        """The source of this workspace with this id, or None."""
        return self._first(select(SourceRow).where(_is_source(workspace, id)), Source)

    def list_sources(self, workspace: str) -> list[Source]:
        """The sources of a workspace, by name."""
        return self._all(select(SourceRow).where(SourceRow.workspace == workspace).order_by(SourceRow.name), Source)

    def update_source(self, source: Source) -> None:
        """Put this in place of the source with its id. Raises NotFound, or Conflict when the new name is taken."""
        taken = f"the workspace {source.workspace!r} has a source named {source.name!r} already; choose another name."
        with self._change(taken=taken) as session:
            row = session.scalar(select(SourceRow).where(_is_source(source.workspace, source.id)))
            if row is None:
                raise NotFound(f"there is no source {source.id!r} in the workspace {source.workspace}.")
            for name, value in _source_columns(source).items():
                setattr(row, name, value)

    def delete_source(self, workspace: str, id: str) -> None:
        """Remove a source and its keys; its events are the event store's to erase. Deleting nothing is harmless."""
        with self._change() as session:
            mine = (WriteKeyRow.workspace == workspace) & (WriteKeyRow.source == id)
            session.execute(delete(WriteKeyRow).where(mine))
            session.execute(delete(SourceRow).where(_is_source(workspace, id)))

    def create_key(
        self, *, id: str, workspace: str, source: str, kind: KeyKind, key_sha256: str, hint: str, created_at: int
    ) -> WriteKey:
        """Add a write key. Raises Conflict when the same key exists, or its source does not."""
        made = WriteKey(id, workspace, source, kind, key_sha256, hint, created_at)
        with self._change(taken=f"this key exists already, or the source {source!r} does not.") as session:
            session.add(WriteKeyRow(**msgspec.structs.asdict(made)))
        return made

    def list_keys(self, workspace: str, source: str) -> list[WriteKey]:
        """The keys of a source, newest first, revoked ones too."""
        chosen = select(WriteKeyRow).where(WriteKeyRow.workspace == workspace, WriteKeyRow.source == source)
        return self._all(chosen.order_by(WriteKeyRow.created_at.desc(), WriteKeyRow.id), WriteKey)

    def valid_keys(self) -> list[WriteKey]:
        """The keys of all workspaces that nobody revoked, by hash."""
        valid = select(WriteKeyRow).where(WriteKeyRow.revoked_at.is_(None))
        return self._all(valid.order_by(WriteKeyRow.key_sha256), WriteKey)

    def revoke_key(self, id: str, *, at: int) -> None:
        """End a key. One that ended before keeps its first end."""
        with self._change() as session:
            mine = (WriteKeyRow.id == id) & WriteKeyRow.revoked_at.is_(None)
            session.execute(update(WriteKeyRow).where(mine).values(revoked_at=at))

    def create_token(
        self,
        *,
        id: str,
        workspace: str | None,
        role: Role,
        name: str,
        token_sha256: str,
        hint: str,
        created_at: int,
        expires_at: int | None = None,
        user: str | None = None,
    ) -> Token:
        """Add a token. Raises Conflict when the same token exists, or its workspace does not."""
        made = Token(id, workspace, role, name, token_sha256, hint, created_at, expires_at, user=user)
        with self._change(taken=f"this token exists already, or the workspace {workspace!r} does not.") as session:
            session.add(TokenRow(**msgspec.structs.asdict(made)))
        return made

    def find_token(self, token_sha256: str) -> Token | None:
        """The token with this hash, ended ones too, or None."""
        return self._first(select(TokenRow).where(TokenRow.token_sha256 == token_sha256), Token)

    def list_tokens(self) -> list[Token]:
        """All tokens, newest first, ended ones too."""
        return self._all(select(TokenRow).order_by(TokenRow.created_at.desc(), TokenRow.id), Token)

    def revoke_token(self, id: str, *, at: int) -> Token | None:
        """End a token and give it back, or None when there is no such token. The first end stays."""
        with self._change() as session:
            mine = (TokenRow.id == id) & TokenRow.revoked_at.is_(None)
            session.execute(update(TokenRow).where(mine).values(revoked_at=at))
        return self._first(select(TokenRow).where(TokenRow.id == id), Token)

    def touch_token(self, id: str, *, at: int) -> None:
        """Remember when a token was last used."""
        with self._change() as session:
            session.execute(update(TokenRow).where(TokenRow.id == id).values(last_used_at=at))

    def note(self, *, at: int, actor: str, action: str, subject: str, detail: str = "") -> None:
        """Write down who did what to what."""
        with self._change() as session:
            session.add(AuditRow(at=at, actor=actor, action=action, subject=subject, detail=detail))

    def list_audit(
        self, *, before: int | None = None, limit: int = 100, subject: str | None = None
    ) -> list[AuditEntry]:
        """What was written down, newest first; `before` is the id of the last entry of the page before."""
        chosen = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
        if subject is not None:
            chosen = chosen.where(AuditRow.subject == subject)
        return self._all(chosen if before is None else chosen.where(AuditRow.id < before), AuditEntry)


def _is_source(workspace: str, id: str) -> ColumnElement[bool]:
    """The source of this workspace: an id of another workspace's finds nothing."""
    return (SourceRow.workspace == workspace) & (SourceRow.id == id)


def _source_columns(source: Source) -> dict[str, Any]:
    return msgspec.structs.asdict(source) | {"settings": msgspec.to_builtins(source.settings)}
