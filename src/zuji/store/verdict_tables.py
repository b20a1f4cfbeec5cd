"""The table of verdicts: what people said of stored events."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from zuji.store.metadata_tables import ID, Row


class VerdictRow(Row):
    """What somebody said of one event."""

    __tablename__ = "quality_verdict"
    workspace: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id"), primary_key=True)
    source: Mapped[str] = mapped_column(ID, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(16))
    fields: Mapped[list[Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text)
    stratum: Mapped[str] = mapped_column(String(16))
    held_wrong: Mapped[bool] = mapped_column(Boolean)
    received_at: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[int] = mapped_column(BigInteger)
    by: Mapped[str] = mapped_column(String(200))
