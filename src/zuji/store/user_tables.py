"""The tables of users: who may sign in, with which role where, their sessions, and one-time links."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from zuji.store.metadata_tables import ID, Row


class UserRow(Row):
    """Somebody who may sign in. `role`: the one in every workspace; empty for who has roles in some of them."""

    __tablename__ = "user_account"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    login: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    password: Mapped[str] = mapped_column(String(300))
    role: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[int] = mapped_column(BigInteger)
    disabled_at: Mapped[int | None] = mapped_column(BigInteger)


class UserRoleRow(Row):
    """A role in one workspace."""

    __tablename__ = "user_role"
    user: Mapped[str] = mapped_column(ID, ForeignKey("user_account.id"), primary_key=True)
    workspace: Mapped[str] = mapped_column(ID, ForeignKey("workspace.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(32))


class UserSessionRow(Row):
    """Somebody who is signed in, in one browser. The secret in its cookie is not kept."""

    __tablename__ = "user_session"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    user: Mapped[str] = mapped_column(ID, ForeignKey("user_account.id"), index=True)
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[int] = mapped_column(BigInteger)
    address: Mapped[str] = mapped_column(String(100))
    agent: Mapped[str] = mapped_column(String(300))


class UserLinkRow(Row):
    """A link that is good once: to become a user (`user` is empty then), or to set a new password. No code is kept."""

    __tablename__ = "user_link"
    id: Mapped[str] = mapped_column(ID, primary_key=True)
    code_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user: Mapped[str | None] = mapped_column(ID, ForeignKey("user_account.id"))
    role: Mapped[str | None] = mapped_column(String(32))
    workspace: Mapped[str | None] = mapped_column(ID, ForeignKey("workspace.id"))
    created_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
