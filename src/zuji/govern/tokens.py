"""Tokens: who may ask. Made once, shown once, stored as a hash, worthless after revocation or expiry."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from zuji.govern.principal import Principal
from zuji.store.metadata import Metadata, Token
from zuji.store.users import UserStore
from zuji.terms.error import NotFound
from zuji.terms.secret import TOKEN_PREFIX, sha256_hex
from zuji.terms.source import Role

RANDOM_BYTES = 24  # 192 bits, 32 characters: nobody guesses that, so a plain hash of it is enough
USE_NOTED_EVERY_MS = 60_000
"""When a token was last used is known to the minute; writing it down for every request would cost more than asking."""


REMEMBERED_MS = 1_000
MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class NewToken:
    """A token at the one moment when it can be read."""

    secret: str
    token: Token


class Tokens:
    """Make, list, revoke and check tokens."""

    def __init__(
        self,
        metadata: Metadata,
        users: UserStore,
        *,
        now_ms: Callable[[], int],
        new_id: Callable[[], str],
        random_text: Callable[[int], str] = secrets.token_urlsafe,
    ) -> None:
        self._metadata = metadata
        self._users = users
        self._now_ms = now_ms
        self._new_id = new_id
        self._random_text = random_text
        self._noted: dict[str, int] = {}
        self._remembered: dict[str, tuple[Token, int]] = {}

    def create(
        self,
        *,
        role: Role,
        name: str,
        workspace: str | None,
        expires_at: int | None,
        actor: str,
        user: str | None = None,
    ) -> NewToken:
        """A new token; `workspace` None means all. It works as long as its `user` may sign in, if it has one.

        `expires_at` is in milliseconds since 1970.
        """
        secret = TOKEN_PREFIX + self._random_text(RANDOM_BYTES)
        now = self._now_ms()
        with self._metadata.together():
            token = self._metadata.create_token(
                id=self._new_id(),
                workspace=workspace,
                role=role,
                name=name,
                token_sha256=sha256_hex(secret),
                hint=hint_of(secret),
                created_at=now,
                expires_at=expires_at,
                user=user,
            )
            self._metadata.note(at=now, actor=actor, action="token.create", subject=token.id, detail=f"role {role}")
        return NewToken(secret, token)

    def list(self) -> list[Token]:
        """All tokens, newest first, revoked ones too."""
        return self._metadata.list_tokens()

    def revoke(self, token_id: str, *, actor: str) -> Token:
        """Make a token worthless at once. Doing so again changes nothing."""
        now = self._now_ms()
        with self._metadata.together():
            revoked = self._metadata.revoke_token(token_id, at=now)
            if revoked is None:
                raise NotFound(f"there is no token {token_id!r}. `zuji token list` shows those there are.")
            self._metadata.note(at=now, actor=actor, action="token.revoke", subject=token_id)
        self.forget()
        return revoked

    def forget(self) -> None:
        """Look every token up again: something about tokens or their users has changed."""
        self._remembered.clear()

    def authenticate(self, secret: str) -> Principal | None:
        """Whose token this is, or None for a wrong, revoked or expired one."""
        hashed, now = sha256_hex(secret), self._now_ms()
        found = self._metadata.find_token(hashed)
        if found is None or not hmac.compare_digest(found.token_sha256, hashed) or _is_over(found, now):
            return None
        if found.user is not None and not self._may_come_in(found.user):
            return None
        self._note_use(found.id, now)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[hashed] = (found, now)
        return _principal(found)

    def remembered(self, secret: str) -> Principal | None:
        """The same without a look at the metadata, for a token that was looked up within the last second; else None.

        What is revoked here is forgotten at once; what another process revokes, within the second.
        """
        found, seen_at = self._remembered.get(sha256_hex(secret), (None, 0))
        now = self._now_ms()
        if found is None or not 0 <= now - seen_at < REMEMBERED_MS or _is_over(found, now):
            return None
        return _principal(found)

    def _may_come_in(self, user_id: str) -> bool:
        user = self._users.get(user_id)
        return user is not None and user.disabled_at is None

    def _note_use(self, token_id: str, now: int) -> None:
        if now - self._noted.get(token_id, -USE_NOTED_EVERY_MS) >= USE_NOTED_EVERY_MS:
            self._noted[token_id] = now
            self._metadata.touch_token(token_id, at=now)


def _is_over(token: Token, now: int) -> bool:
    return token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now)


def _principal(token: Token) -> Principal:
    return Principal(id=token.id, name=token.name, role=token.role, workspace=token.workspace, user=token.user)


def hint_of(secret: str) -> str:
    """Enough of a key or token to recognise it, far too little to use it.

    >>> hint_of("zt_abcdefghijklmnopWXYZ")
    'zt_…WXYZ'
    """
    return f"{secret[:3]}…{secret[-4:]}"
