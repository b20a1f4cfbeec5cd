"""Sessions: who is signed in. A cookie holds a secret, we its hash; a session ends when it is left alone, and in time.

A page proves that a change was asked for by itself with a second text, made from the secret, which no other site can
read: a browser would send the cookie along for anybody.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from zuji.govern import passwords
from zuji.govern.principal import Principal
from zuji.govern.sign_in_limit import SignInLimit
from zuji.govern.users import plain_login
from zuji.store.metadata import Metadata
from zuji.store.users import User, UserSession, UserStore
from zuji.terms.error import NotFound
from zuji.terms.secret import SESSION_PREFIX, sha256_hex

RANDOM_BYTES = 32
IDLE_MS = 12 * 3_600_000
LONGEST_MS = 30 * 86_400_000
USE_NOTED_EVERY_MS = 60_000
"""Short against the twelve hours, long against the time between two requests of a page."""
LONGEST_AGENT = 300


@dataclass(frozen=True)
class NewSession:
    """A session at the one moment when its secret can be read."""

    secret: str
    session: UserSession
    user: User


@dataclass(frozen=True)
class Wait:
    """Too many tries failed: the next one counts after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Browser:
    """Where somebody signs in: the address, what the browser calls itself, and the session it brings along."""

    address: str
    agent: str = ""
    brought: str = ""


class Sessions:
    """Sign in, find, list and end sessions."""

    def __init__(
        self,
        store: UserStore,
        metadata: Metadata,
        *,
        now_ms: Callable[[], int],
        new_id: Callable[[], str],
        random_text: Callable[[int], str] = secrets.token_urlsafe,
    ) -> None:
        self._store = store
        self._metadata = metadata
        self._now_ms = now_ms
        self._new_id = new_id
        self._random_text = random_text
        self._limit = SignInLimit()

    def sign_in(self, login: str, password: str, browser: Browser) -> NewSession | Wait | None:
        """A new session, or None: for a wrong password, an unknown login and a user locked out alike, and as slowly.

        So nothing is written down about a try that fails: how many came before is told of the next one that is right.
        """
        login = plain_login(login)
        if wait := self.wait_s(browser, login=login):
            return Wait(wait)
        user = self._store.by_login(login)
        right = passwords.is_right(password, passwords.NOBODYS if user is None else user.password)
        if user is None or not right or not _may_come_in(user):
            return None
        failed = self.was_right(browser, login=login)
        return self.begin(user, browser, note=f"after {failed} tries that failed" if failed else "")

    def wait_s(self, browser: Browser, *, login: str = "") -> float:
        """Count a try with a login, or with a link. Gives 0, or how long it has to wait."""
        return self._limit.begin(login, browser.address, now_s=self._now_ms() / 1000)

    def was_right(self, browser: Browser, *, login: str = "") -> int:
        """Take the count of the try back. Gives how many with this login failed before it."""
        return self._limit.succeeded(login, browser.address)

    def begin(self, user: User, browser: Browser, *, note: str = "") -> NewSession:
        """A session with a new secret. The one that the browser brought along ends: none can be planted."""
        before = self._alive(browser.brought)
        secret = SESSION_PREFIX + self._random_text(RANDOM_BYTES)
        now = self._now_ms()
        made = UserSession(
            self._new_id(), user.id, sha256_hex(secret), now, now, browser.address[:100], browser.agent[:LONGEST_AGENT]
        )
        with self._metadata.together():
            if before:
                self._store.end_session(before.id)
            self._store.begin_session(made, over=(now - LONGEST_MS, now - IDLE_MS))
            self._metadata.note(at=now, actor=user.id, action="session.begin", subject=user.id, detail=note)
        return NewSession(secret, made, user)

    def authenticate(self, secret: str, workspace: str) -> Principal | None:
        """Who is signed in with this secret, with their role in a workspace; None where the session is over."""
        session = self._alive(secret)
        user = None if session is None else self._store.get(session.user)
        if session is None or user is None:
            return None
        now = self._now_ms()
        if now - session.seen_at >= USE_NOTED_EVERY_MS:
            self._store.touch_session(session.id, at=now)
        return principal_of(user, session.id, workspace)

    def list(self, user_id: str | None = None) -> list[UserSession]:
        """The sessions of a user, or of everybody, that are not over; the one seen last first."""
        now = self._now_ms()
        return [one for one in self._store.sessions(user_id) if not _is_over(one, now)]

    def end(self, session_id: str, *, of: str | None, actor: str) -> UserSession:
        """End a session; with `of` only one of this user's. Raises NotFound."""
        for one in self.list(of):
            if one.id == session_id:
                with self._metadata.together():
                    self._store.end_session(one.id)
                    self._metadata.note(at=self._now_ms(), actor=actor, action="session.end", subject=one.user)
                return one
        raise NotFound(f"there is no session {session_id!r:.80}. GET /api/v1/sessions lists those there are.")

    def _alive(self, secret: str) -> UserSession | None:
        if not secret.startswith(SESSION_PREFIX):
            return None
        hashed = sha256_hex(secret)
        found = self._store.find_session(hashed)
        if found is None or not hmac.compare_digest(found.secret_sha256, hashed) or _is_over(found, self._now_ms()):
            return None
        return found


def principal_of(user: User, session_id: str, workspace: str) -> Principal | None:
    """What somebody signed in may do, asking about a workspace; None for who may do nothing any more.

    Whoever has roles in some workspaces and asks about another one comes with one of theirs, which is refused there.
    """
    if not _may_come_in(user):
        return None
    place = None if user.role is not None else workspace if workspace in user.roles else min(user.roles)
    role = user.role if place is None else user.roles[place]
    if role is None:
        return None
    return Principal(user.id, user.name, role, place, user=user.id, session=session_id)


def csrf_of(secret: str) -> str:
    """What the page of this session sends along with every change."""
    return hashlib.sha256(f"csrf {secret}".encode()).hexdigest()


def expires_at(session: UserSession) -> int:
    """When a session ends if nobody uses it again."""
    return min(session.seen_at + IDLE_MS, session.created_at + LONGEST_MS)


def _is_over(session: UserSession, now: int) -> bool:
    return expires_at(session) <= now


def _may_come_in(user: User) -> bool:
    return user.disabled_at is None and bool(user.role or user.roles)
