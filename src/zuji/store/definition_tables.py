"""The tables of definitions of tags and segments: what is written now, and every version that was published."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from zuji.store.metadata_tables import ID, Row


class DefinitionRow(Row):
    """A tag or segment as it is written now."""

    __tablename__ = "definition"
    __table_args__ = (ForeignKeyConstraint(["workspace"], ["workspace.id"]),)
    workspace: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[str] = mapped_column(ID, primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
    updated_by: Mapped[str] = mapped_column(String(200))


class DefinitionVersionRow(Row):
    """A version as it was published, or (`document` null) the end of all before it."""

    __tablename__ = "definition_version"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace", "kind", "key"], ["definition.workspace", "definition.kind", "definition.key"]
        ),
    )
    workspace: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[str] = mapped_column(ID, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    document: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    at: Mapped[int] = mapped_column(BigInteger)
    by: Mapped[str] = mapped_column(String(200))
