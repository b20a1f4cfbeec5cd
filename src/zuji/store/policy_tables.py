"""The table of policies: every version that was ever decided."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from zuji.store.metadata_tables import ID, Row


class PolicyRow(Row):
    """One version of one part of a workspace's policy."""

    __tablename__ = "policy"
    workspace: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[int] = mapped_column(BigInteger)
    by: Mapped[str] = mapped_column(String(200))
