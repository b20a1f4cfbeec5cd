"""Users: who may sign in. They come by an invitation, a link that is good once; an operator's link sets a password.

A user has one role in all workspaces, or roles in some of them. Whoever manages users of one workspace alone (`scope`)
sees and changes nobody beyond it.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from zuji.govern import passwords
from zuji.store.metadata import Metadata
from zuji.store.users import Language, User, UserLink, UserStore
from zuji.terms.error import BadRequest, Conflict, NotAllowed, NotFound
from zuji.terms.secret import CODE_PREFIX, sha256_hex
from zuji.terms.source import Role

RANDOM_BYTES = 24
LINK_DAYS = 7
DAY_MS = 86_400_000
WELCOME = "/console/#/welcome?code="
"""Behind the hash: no server and no log between us and the browser gets to see the code."""


@dataclass(frozen=True)
class NewLink:
    """A link at the one moment when it can be read. `path` follows the address of the server."""

    path: str
    link: UserLink


class Users:
    """Invite, list, change and remove users."""

    def __init__(
        self,
        store: UserStore,
        metadata: Metadata,
        *,
        now_ms: Callable[[], int],
        new_id: Callable[[], str],
        forget_tokens: Callable[[], None],
        random_text: Callable[[int], str] = secrets.token_urlsafe,
    ) -> None:
        self._store = store
        self._metadata = metadata
        self._now_ms = now_ms
        self._new_id = new_id
        self._forget_tokens = forget_tokens
        self._random_text = random_text

    def all(self, *, scope: str | None = None) -> list[User]:
        """Every user in scope, by login."""
        return [user for user in self._store.all() if _is_seen(user, scope)]

    def get(self, user_id: str, *, scope: str | None = None) -> User:
        """One user in scope. Raises NotFound."""
        found = self._store.get(user_id)
        if found is None or not _is_seen(found, scope):
            raise NotFound(f"there is no user {user_id!r:.80}. GET /api/v1/users lists those there are.")
        return found

    def invite(self, *, role: Role, workspace: str | None, actor: str) -> NewLink:
        """A link for somebody new, who gets this role; `workspace` None means in all."""
        with self._metadata.together():
            made = self._new_link(user=None, role=role, workspace=workspace, actor=actor)
            self._note("user.invite", made.link.id, actor, f"role {role}, {workspace or 'all workspaces'}")
        return made

    def invitations(self, *, scope: str | None = None) -> list[UserLink]:
        """The invitations in scope that nobody followed yet and that are not over, newest first."""
        now = self._now_ms()
        known = self._store.invitations()
        return [one for one in known if one.expires_at > now and (scope is None or one.workspace == scope)]

    def withdraw(self, link_id: str, *, scope: str | None = None, actor: str) -> None:
        """Make an invitation worthless. Raises NotFound."""
        if not any(one.id == link_id for one in self.invitations(scope=scope)):
            raise NotFound(f"there is no invitation {link_id!r:.80} that waits.")
        with self._metadata.together():
            self._store.end_link(link_id)
            self._note("user.withdraw", link_id, actor)

    def reset_link(self, user: User, *, actor: str) -> NewLink:
        """A link with which this user sets a new password. The one before it becomes worthless."""
        with self._metadata.together():
            made = self._new_link(user=user.id, role=None, workspace=None, actor=actor)
            self._note("user.reset_link", user.id, actor)
        return NewLink(f"{made.path}&login={quote(user.login)}", made.link)

    def welcome(
        self, code: str, *, login: str | None, name: str | None, password: str, language: Language | None
    ) -> User:
        """Follow a link: somebody new comes in, or somebody known sets a new password, which ends their sessions."""
        link = self._store.find_link(sha256_hex(code))
        if link is None or link.expires_at <= self._now_ms():
            raise NotFound("this link was used already, is over, or never was one. Ask for another one.")
        if link.user is not None:
            return self._new_password(link, link.user, password)
        if not login or not name:
            raise BadRequest("an invitation is followed with a login and a name.")
        return self._newcomer(link, plain_login(login), name, password, language or "en")

    def change_password(self, user_id: str, *, old: str, new: str, keep_session: str | None) -> None:
        """Set a new password with the old one; all other sessions end. Raises NotAllowed for a wrong one."""
        user = self.get(user_id)
        if not passwords.is_right(old, user.password):
            raise NotAllowed("the old password is wrong.")
        passwords.require_good(new, login=user.login)
        password = passwords.hashed(new)
        with self._metadata.together():
            self._store.set_password(user.id, password, keep=keep_session)
            self._note("user.password", user.id, user.id)

    def describe(self, user_id: str, *, name: str | None, language: Language | None) -> User:
        """Change how a user is called and spoken to."""
        given = {"name": name, "language": language}
        if wanted := {key: value for key, value in given.items() if value is not None}:
            self._store.describe(user_id, **wanted)
        return self.get(user_id)

    def set_role(
        self, user_id: str, role: Role | None, *, workspace: str | None, scope: str | None = None, actor: str
    ) -> User:
        """Give a role in a workspace (None: in all), or with None take it away. What tokens they have, end."""
        user = self.get(user_id, scope=scope)
        if scope is not None and workspace != scope:
            raise NotAllowed(f"you may give roles in the workspace {scope} only.")
        with self._changing("user.role", user.id, actor, f"role {role or 'none'}, {workspace or 'all workspaces'}"):
            self._store.set_role(user.id, workspace, role, at=self._now_ms())
        return self.get(user_id)

    def disable(self, user_id: str, *, scope: str | None = None, actor: str) -> User:
        """Lock a user out: sessions end, tokens stop working."""
        user = self._wholly(user_id, scope)
        with self._changing("user.disable", user.id, actor):
            self._store.disable(user.id, at=self._now_ms())
        return self.get(user_id)

    def enable(self, user_id: str, *, scope: str | None = None, actor: str) -> User:
        """Let somebody in again who was locked out; their tokens work again."""
        user = self._wholly(user_id, scope)
        with self._changing("user.enable", user.id, actor):
            self._store.disable(user.id, at=None)
        return self.get(user_id)

    def remove(self, user_id: str, *, scope: str | None = None, actor: str) -> User:
        """Forget a user for good, with sessions and tokens."""
        user = self._wholly(user_id, scope)
        with self._changing("user.remove", user.id, actor):
            self._store.remove(user.id, at=self._now_ms())
        return user

    def _wholly(self, user_id: str, scope: str | None) -> User:
        user = self.get(user_id, scope=scope)
        if scope is not None and set(user.roles) != {scope}:
            raise NotAllowed(f"this user works beyond the workspace {scope}. Take away their role in it instead.")
        return user

    def _newcomer(self, link: UserLink, login: str, name: str, password: str, language: Language) -> User:
        if self._store.by_login(login) is not None:
            raise Conflict(f"somebody signs in as {login!r:.80} already; choose another login.")
        passwords.require_good(password, login=login)
        everywhere = link.role if link.workspace is None else None
        made = User(
            self._new_id(), login, name, language, passwords.hashed(password), everywhere, self._now_ms(),
            roles={} if link.workspace is None or link.role is None else {link.workspace: link.role},
        )  # fmt: skip
        with self._metadata.together():
            self._store.join(made, link=link)
            self._note("user.join", made.id, made.id, f"role {link.role}, {link.workspace or 'all workspaces'}")
        return made

    def _new_password(self, link: UserLink, user_id: str, password: str) -> User:
        user = self.get(user_id)
        passwords.require_good(password, login=user.login)
        hashed = passwords.hashed(password)
        with self._metadata.together():
            self._store.set_password(user.id, hashed, link=link)
            self._note("user.password", user.id, user.id, "by a link")
        return self.get(user_id)

    def _new_link(self, *, user: str | None, role: Role | None, workspace: str | None, actor: str) -> NewLink:
        code = CODE_PREFIX + self._random_text(RANDOM_BYTES)
        now = self._now_ms()
        made = UserLink(
            self._new_id(), sha256_hex(code), user, role, workspace, actor, now, now + LINK_DAYS * DAY_MS
        )  # fmt: skip
        self._store.add_link(made)
        return NewLink(WELCOME + code, made)

    @contextmanager
    def _changing(self, action: str, subject: str, actor: str, detail: str = "") -> Iterator[None]:
        """What somebody may do is changed inside, and noted with it; after that nobody trusts what was remembered."""
        with self._metadata.together():
            yield
            self._note(action, subject, actor, detail)
        self._forget_tokens()

    def _note(self, action: str, subject: str, actor: str, detail: str = "") -> None:
        self._metadata.note(at=self._now_ms(), actor=actor, action=action, subject=subject, detail=detail)


def plain_login(login: str) -> str:
    """One login however it is typed: nobody can take the look of somebody else's with other letters.

    >>> plain_login(" Ann@Shop.CN ")
    'ann@shop.cn'
    """
    return unicodedata.normalize("NFKC", login).strip().casefold()


def _is_seen(user: User, scope: str | None) -> bool:
    return scope is None or scope in user.roles
