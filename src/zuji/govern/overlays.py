"""Overlays: somebody points at elements on a page of their own site, which is another origin than ours.

A code, good once and for minutes, stands in the address that the console opens. The page's script hands it in and gets
a session, good for half an hour. Both are bound to one person, one workspace and one origin. Neither is ever kept as
it is, and neither outlives this process: who is cut off by a restart opens the page again.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from zuji.store.users import Language
from zuji.terms.error import BadRequest
from zuji.terms.secret import sha256_hex

CODE_PREFIX = "zo_"
SESSION_PREFIX = "zd_"
RANDOM_BYTES = 32
CODE_MS = 5 * 60_000
SESSION_MS = 30 * 60_000
MOST_EACH = 20
"""Of one person; beyond that the oldest end, so that nobody can fill the memory or keep others out."""
_USUAL_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Overlay:
    """For whom a page is open, where, until when."""

    user: str
    workspace: str
    origin: str
    expires_at: int
    language: Language = "en"

    @property
    def host(self) -> str:
        """What clicks of this origin have as `$url_host`."""
        return urlsplit(self.origin).netloc


@dataclass(frozen=True)
class Opened:
    """A code or a session at the one moment when it can be read."""

    secret: str
    overlay: Overlay


class Overlays:
    """Make codes, exchange them, find and end sessions. Any thread may call it."""

    def __init__(self, *, now_ms: Callable[[], int], random_text: Callable[[int], str] = secrets.token_urlsafe) -> None:
        self._now_ms = now_ms
        self._random_text = random_text
        self._codes: dict[str, Overlay] = {}
        self._sessions: dict[str, Overlay] = {}
        self._lock = threading.Lock()

    def invite(self, *, user: str, workspace: str, address: str, language: Language = "en") -> Opened:
        """A code for a page of this address. Raises BadRequest for what is no page."""
        overlay = Overlay(user, workspace, origin_of(address), self._now_ms() + CODE_MS, language)
        with self._lock:
            return self._keep(self._codes, CODE_PREFIX, overlay)

    def exchange(self, code: str, *, origin: str) -> Opened | None:
        """A session for a code. The code is used up by the try, also by one that is made from elsewhere."""
        with self._lock:
            found = self._codes.pop(sha256_hex(code), None)
            if found is None or self._is_over(found) or found.origin != origin:
                return None
            session = replace(found, expires_at=self._now_ms() + SESSION_MS)
            return self._keep(self._sessions, SESSION_PREFIX, session)

    def authenticate(self, secret: str, *, origin: str) -> Overlay | None:
        """The session of this secret, for its own origin alone."""
        with self._lock:
            found = self._sessions.get(sha256_hex(secret))
        return None if found is None or self._is_over(found) or found.origin != origin else found

    def end(self, secret: str) -> None:
        """Forget a session."""
        with self._lock:
            self._sessions.pop(sha256_hex(secret), None)

    def is_expected(self, origin: str) -> bool:
        """Whether a code or a session of this origin is alive: to any other we say nothing it could read."""
        with self._lock:
            alive = (*self._codes.values(), *self._sessions.values())
        return any(one.origin == origin and not self._is_over(one) for one in alive)

    def _keep(self, kept: dict[str, Overlay], prefix: str, overlay: Overlay) -> Opened:
        over = [key for key, one in kept.items() if self._is_over(one)]
        own = [key for key, one in kept.items() if one.user == overlay.user]
        for key in {*over, *own[: max(0, len(own) + 1 - MOST_EACH)]}:
            del kept[key]
        secret = prefix + self._random_text(RANDOM_BYTES)
        kept[sha256_hex(secret)] = overlay
        return Opened(secret, overlay)

    def _is_over(self, overlay: Overlay) -> bool:
        return overlay.expires_at <= self._now_ms()


def origin_of(address: str) -> str:
    """The origin of a page's address, as browsers write it. Raises BadRequest.

    >>> origin_of("https://Shop.example:443/p?x=1"), origin_of("http://localhost:8080/")
    ('https://shop.example', 'http://localhost:8080')
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or not host.isascii() or parts.scheme not in _USUAL_PORTS or "@" in parts.netloc:
        raise BadRequest(f"address: {address!r:.200} is no page. Write it whole, as https://shop.example/products.")
    named = f"[{host}]" if ":" in host else host
    shown = "" if port in (None, _USUAL_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{named}{shown}"
