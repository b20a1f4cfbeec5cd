"""Users, their sessions and one-time links in the metadata. Only hashes of passwords, cookies and codes are kept.

Frozen values go in and out; every call is one transaction. Times are milliseconds since 1970.
"""

# ruff: noqa: A002 - an id is called `id` where values are made and found, as it is in the values themselves.
from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Engine, delete, func, select, update
from sqlalchemy.orm import Session

from zuji.store.metadata_rows import MetadataRows
from zuji.store.metadata_tables import TokenRow
from zuji.store.user_tables import UserLinkRow, UserRoleRow, UserRow, UserSessionRow
from zuji.terms.error import Conflict, NotFound
from zuji.terms.source import Role

Language = Literal["en", "zh"]


class User(msgspec.Struct, frozen=True):
    """Somebody who may sign in: with one `role` in every workspace, or with `roles` in some of them."""

    id: str
    login: str
    name: str
    language: Language
    password: str
    role: Role | None
    created_at: int
    disabled_at: int | None = None
    roles: Mapping[str, Role] = {}

    def role_in(self, workspace: str) -> Role | None:
        """The role in this workspace, or None for no right to enter it."""
        return self.role or self.roles.get(workspace)


class UserSession(msgspec.Struct, frozen=True):
    """Somebody who is signed in, in one browser."""

    id: str
    user: str
    secret_sha256: str
    created_at: int
    seen_at: int
    address: str
    agent: str


class UserLink(msgspec.Struct, frozen=True):
    """A link that is good once. With `user` it sets a new password of theirs; without, it makes a user with `role`."""

    id: str
    code_sha256: str
    user: str | None
    role: Role | None
    workspace: str | None
    created_by: str
    created_at: int
    expires_at: int


class UserStore(MetadataRows):
    """The door to users, sessions and links. Any thread may call it."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        # Of two owners who demote each other at the same moment one must stay: their counts must not overlap.
        self._owners = threading.Lock()

    def get(self, id: str) -> User | None:
        """The user with this id, or None."""
        found = self._users(UserRow.id == id)
        return found[0] if found else None

    def by_login(self, login: str) -> User | None:
        """The user who signs in so, or None."""
        found = self._users(UserRow.login == login)
        return found[0] if found else None

    def all(self) -> list[User]:
        """Every user, by login."""
        return self._users(None)

    def join(self, user: User, *, link: UserLink) -> None:
        """Add a user and use up the link that invited them. Raises Conflict for a taken login, NotFound for no link."""
        columns = msgspec.structs.asdict(user)
        roles = columns.pop("roles")
        with self._change(taken=f"somebody signs in as {user.login!r} already; choose another login.") as session:
            _use_up(session, link)
            session.add(UserRow(**columns))
            session.flush()
            session.add_all([UserRoleRow(user=user.id, workspace=one, role=role) for one, role in roles.items()])

    def describe(self, id: str, **columns: Any) -> None:
        """Set `name` or `language`."""
        with self._change() as session:
            session.execute(update(UserRow).where(UserRow.id == id).values(**columns))

    def set_password(self, id: str, password: str, *, keep: str | None = None, link: UserLink | None = None) -> None:
        """Set the hash of a new password, end the sessions but the one to `keep`, and use up the link if one was."""
        with self._change() as session:
            if link is not None:
                _use_up(session, link)
            session.execute(update(UserRow).where(UserRow.id == id).values(password=password))
            session.execute(delete(UserSessionRow).where(UserSessionRow.user == id, UserSessionRow.id != (keep or "")))

    def set_role(self, id: str, workspace: str | None, role: Role | None, *, at: int) -> None:
        """Give a role in a workspace (None: in all, instead of any in one), or with None take it. Their tokens end."""
        with self._keeping_an_owner(taken=f"there is no workspace {workspace!r}.") as session:
            here = UserRoleRow.user == id
            if workspace is not None:
                here &= UserRoleRow.workspace == workspace
            session.execute(delete(UserRoleRow).where(here))
            everywhere = role if workspace is None else None
            session.execute(update(UserRow).where(UserRow.id == id).values(role=everywhere))
            if workspace is not None and role is not None:
                session.add(UserRoleRow(user=id, workspace=workspace, role=role))
            _end_tokens(session, id, at=at)

    def disable(self, id: str, *, at: int | None) -> None:
        """Lock somebody out, or with None let them in again."""
        with self._keeping_an_owner() as session:
            session.execute(update(UserRow).where(UserRow.id == id).values(disabled_at=at))
            if at is not None:
                session.execute(delete(UserSessionRow).where(UserSessionRow.user == id))

    def remove(self, id: str, *, at: int) -> None:
        """Forget a user; their tokens end. What they saved stays, under an id that is nobody's any more."""
        with self._keeping_an_owner() as session:
            for row in (UserSessionRow, UserLinkRow, UserRoleRow):
                session.execute(delete(row).where(row.user == id))
            _end_tokens(session, id, at=at)
            session.execute(delete(UserRow).where(UserRow.id == id))

    def begin_session(self, made: UserSession, *, over: tuple[int, int]) -> None:
        """Keep a new session and forget all that are over: begun, or seen last, before these moments."""
        begun, seen = over
        with self._change() as session:
            gone = (UserSessionRow.created_at <= begun) | (UserSessionRow.seen_at <= seen)
            session.execute(delete(UserSessionRow).where(gone))
            session.add(UserSessionRow(**msgspec.structs.asdict(made)))

    def find_session(self, secret_sha256: str) -> UserSession | None:
        """The session whose cookie has this hash, or None."""
        return self._first(select(UserSessionRow).where(UserSessionRow.secret_sha256 == secret_sha256), UserSession)

    def sessions(self, user: str | None = None) -> list[UserSession]:
        """The sessions of a user, or of everybody; the one seen last first."""
        chosen = select(UserSessionRow).order_by(UserSessionRow.seen_at.desc(), UserSessionRow.id)
        return self._all(chosen if user is None else chosen.where(UserSessionRow.user == user), UserSession)

    def touch_session(self, id: str, *, at: int) -> None:
        """Remember when a session was last used."""
        with self._change() as session:
            session.execute(update(UserSessionRow).where(UserSessionRow.id == id).values(seen_at=at))

    def end_session(self, id: str) -> None:
        """Forget a session; ending nothing is harmless."""
        with self._change() as session:
            session.execute(delete(UserSessionRow).where(UserSessionRow.id == id))

    def add_link(self, made: UserLink) -> None:
        """Keep a new link. One that sets a password takes the place of those before it, and all that are over go."""
        with self._change(taken=f"there is no workspace {made.workspace!r}.") as session:
            gone = UserLinkRow.expires_at <= made.created_at
            if made.user is not None:
                gone |= UserLinkRow.user == made.user
            session.execute(delete(UserLinkRow).where(gone))
            session.add(UserLinkRow(**msgspec.structs.asdict(made)))

    def find_link(self, code_sha256: str) -> UserLink | None:
        """The link with this hash, or None: unknown, or used."""
        return self._first(select(UserLinkRow).where(UserLinkRow.code_sha256 == code_sha256), UserLink)

    def invitations(self) -> list[UserLink]:
        """The links that make users, newest first."""
        chosen = select(UserLinkRow).where(UserLinkRow.user.is_(None))
        return self._all(chosen.order_by(UserLinkRow.created_at.desc(), UserLinkRow.id), UserLink)

    def end_link(self, id: str) -> None:
        """Make a link worthless."""
        with self._change() as session:
            session.execute(delete(UserLinkRow).where(UserLinkRow.id == id))

    @contextmanager
    def _keeping_an_owner(self, *, taken: str = "the metadata forbid this change.") -> Iterator[Session]:
        """A change after which there is still an owner of all workspaces, if there was one: else nobody could help."""
        with self._owners, self._change(taken=taken) as session:
            before = _owners(session)
            yield session
            if before and not _owners(session):
                raise Conflict("this is the last owner of all workspaces. Make somebody else an owner first.")

    def _users(self, which: ColumnElement[bool] | None) -> list[User]:
        chosen = select(UserRow).order_by(UserRow.login)
        with self._reading() as session:
            rows = list(session.scalars(chosen if which is None else chosen.where(which)))
            held = session.scalars(select(UserRoleRow).where(UserRoleRow.user.in_([row.id for row in rows])))
            roles: dict[str, dict[str, str]] = {}
            for one in held:
                roles.setdefault(one.user, {})[one.workspace] = one.role
            columns = [name for name in User.__struct_fields__ if name != "roles"]
            told = [{name: getattr(row, name) for name in columns} | {"roles": roles.get(row.id, {})} for row in rows]
        return [msgspec.convert(one, User) for one in told]


def _use_up(session: Session, link: UserLink) -> None:
    """Of two who follow one link at the same moment only one gets in."""
    used = session.execute(delete(UserLinkRow).where(UserLinkRow.id == link.id))
    if not used.rowcount:  # type: ignore[attr-defined]
        raise NotFound("this link was used already. Ask for another one.")


def _end_tokens(session: Session, user: str, *, at: int) -> None:
    mine = (TokenRow.user == user) & TokenRow.revoked_at.is_(None)
    session.execute(update(TokenRow).where(mine).values(revoked_at=at))


def _owners(session: Session) -> int:
    """How many there are who own everything and can sign in."""
    chosen = select(func.count()).select_from(UserRow)
    return session.scalar(chosen.where(UserRow.role == "owner", UserRow.disabled_at.is_(None))) or 0
