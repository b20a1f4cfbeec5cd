"""The tables of what people save in a workspace: questions, dashboards, alerts, lists of people."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Double, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from zuji.store.metadata_tables import ID, Row

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts by itself only in a column that is called INTEGER."""


class SavedQuestionRow(Row):
    """A question somebody keeps."""

    __tablename__ = "saved_question"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    workspace: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(40))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    owner: Mapped[str] = mapped_column(String(200))
    shared: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)


class DashboardRow(Row):
    """Tiles on a page."""

    __tablename__ = "dashboard"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    workspace: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    owner: Mapped[str] = mapped_column(String(200))
    shared: Mapped[str] = mapped_column(String(16))
    tiles: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)


class AnnotationRow(Row):
    """What somebody wrote at a moment of a dashboard. A row each: two people who write at once lose nothing."""

    __tablename__ = "dashboard_annotation"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    dashboard: Mapped[str] = mapped_column(ID, ForeignKey("dashboard.id"), index=True)
    at: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[int] = mapped_column(BigInteger)


class AlertRow(Row):
    """A rule over a figure of a saved question, and how it stands."""

    __tablename__ = "alert"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    workspace: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    question: Mapped[str] = mapped_column(ID, ForeignKey("saved_question.id"), index=True)
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    schedule: Mapped[dict[str, Any]] = mapped_column(JSON)
    enabled: Mapped[bool] = mapped_column(Boolean)
    owner: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    fired_at: Mapped[int | None] = mapped_column(BigInteger)
    checked_at: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)


class AlertCheckRow(Row):
    """One look at an alert's figure."""

    __tablename__ = "alert_check"
    __table_args__ = (Index("ix_alert_check_alert", "alert", "id"),)
    id: Mapped[int] = mapped_column(NUMBER, primary_key=True, autoincrement=True)
    alert: Mapped[str] = mapped_column(ID, ForeignKey("alert.id"))
    at: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16))
    value: Mapped[float | None] = mapped_column(Double)
    previous: Mapped[float | None] = mapped_column(Double)
    problem: Mapped[str] = mapped_column(Text)


class PeopleListRow(Row):
    """People kept as they were behind a figure at a moment. `number` stands for the list in the rows of its members."""

    __tablename__ = "people_list"
    number: Mapped[int] = mapped_column(NUMBER, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(ID, unique=True)
    workspace: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    owner: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    question: Mapped[dict[str, Any]] = mapped_column(JSON)
    cell: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved: Mapped[int] = mapped_column(BigInteger)
    identity_version: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[int] = mapped_column(BigInteger)


class ListMemberRow(Row):
    """One person of a list, by the id they had when it was saved."""

    __tablename__ = "list_member"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - half the bytes: the key is all there is
    list: Mapped[int] = mapped_column(NUMBER, ForeignKey("people_list.number"), primary_key=True)
    person: Mapped[int] = mapped_column(BigInteger, primary_key=True)
