"""The tables of subscriptions to changes, and of the deliveries that were given up."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from zuji.store.metadata_tables import ID, Row
from zuji.store.saved_tables import NUMBER


class SubscriptionRow(Row):
    """A receiver of changes, and how far it has got."""

    __tablename__ = "subscription"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    workspace: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(200))
    tags: Mapped[list[str] | None] = mapped_column(JSON, nullable=False)
    segments: Mapped[list[str] | None] = mapped_column(JSON, nullable=False)
    identifiers: Mapped[list[str]] = mapped_column(JSON)
    per_minute: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    position: Mapped[int] = mapped_column(BigInteger)
    under_way: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(Integer)
    failing_since: Mapped[int | None] = mapped_column(BigInteger)
    next_at: Mapped[int] = mapped_column(BigInteger)
    delivered_at: Mapped[int | None] = mapped_column(BigInteger)
    problem: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[int] = mapped_column(BigInteger)


class DeadLetterRow(Row):
    """A delivery that its receiver did not take, kept as it was sent."""

    __tablename__ = "dead_letter"
    id: Mapped[int] = mapped_column(NUMBER, primary_key=True, autoincrement=True)
    subscription: Mapped[str] = mapped_column(ID, ForeignKey("subscription.id"), index=True)
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    changes: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)
    problem: Mapped[str] = mapped_column(Text)
    given_up_at: Mapped[int] = mapped_column(BigInteger)
