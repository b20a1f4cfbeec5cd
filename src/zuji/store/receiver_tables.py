"""The tables of receivers: who is told what needs a person, what there was to tell, and what was told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from zuji.store.metadata_tables import ID, Row
from zuji.store.saved_tables import NUMBER


class ReceiverRow(Row):
    """Who is told, of what, and how far they have got in the notices."""

    __tablename__ = "receiver"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    workspace: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(200))
    alerts: Mapped[list[str] | None] = mapped_column(JSON, nullable=False)
    alarms: Mapped[list[str] | None] = mapped_column(JSON, nullable=False)
    sources: Mapped[list[str] | None] = mapped_column(JSON, nullable=False)
    per_hour: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    position: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(Integer)
    failing_since: Mapped[int | None] = mapped_column(BigInteger)
    next_at: Mapped[int] = mapped_column(BigInteger)
    delivered_at: Mapped[int | None] = mapped_column(BigInteger)
    problem: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[int] = mapped_column(BigInteger)


class NoticeRow(Row):
    """Something that began, or is over. Whoever is told stands at a number of these."""

    __tablename__ = "notice"
    number: Mapped[int] = mapped_column(NUMBER, primary_key=True, autoincrement=True)
    workspace: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id"))
    key: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(200))
    said: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("ix_notice_workspace_number", "workspace", "number"),)


class ReceiverDeliveryRow(Row):
    """What was sent to a receiver, or could not be and was put away."""

    __tablename__ = "receiver_delivery"
    id: Mapped[int] = mapped_column(NUMBER, primary_key=True, autoincrement=True)
    receiver: Mapped[str] = mapped_column(ID, ForeignKey("receiver.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    notices: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)
    problem: Mapped[str] = mapped_column(Text)
    at: Mapped[int] = mapped_column(BigInteger)
