"""What a browser brings along: the cookie of a session, and the proof that a change was asked for by our own page.

A browser sends the cookie with every request to us, whichever site made it. So a change needs, besides, a text that
only our page can read (`X-Zuji-CSRF`); and where the browser says which site a request comes from, it must be ours.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from fastapi import Response
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from zuji.govern.sessions import LONGEST_MS, csrf_of

COOKIE = "zuji_session"
CSRF_HEADER = "X-Zuji-CSRF"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def cookie_in(headers: Headers) -> str:
    """The secret of the session, or nothing."""
    return cookie_parser("; ".join(headers.getlist("cookie"))).get(COOKIE, "")


def is_foreign(headers: Headers) -> bool:
    """Whether the browser says that another site made this request. Programs, which say nothing, are not foreign.

    `Sec-Fetch-Site` cannot be written by a page and does not depend on how proxies call us, so it decides alone.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site != "same-origin"
    origin = headers.get("origin")
    if origin is None:
        return False
    return urlsplit(origin).netloc != (headers.get("x-forwarded-host") or headers.get("host", ""))


def why_unproven(method: str, headers: Headers, secret: str) -> str | None:
    """What a request with the cookie lacks to change anything, or None when nothing is lacking.

    >>> why_unproven("GET", Headers({}), "zu_secret") is None
    True
    >>> why_unproven("POST", Headers({"x-zuji-csrf": csrf_of("zu_secret")}), "zu_secret") is None
    True
    """
    if method in SAFE_METHODS:
        return None
    if is_foreign(headers):
        return "this request comes from another site. Behind a proxy, see trusted_proxies in the settings."
    if not hmac.compare_digest(headers.get(CSRF_HEADER, "").encode(), csrf_of(secret).encode()):
        return f"a change needs the header {CSRF_HEADER} with the `csrf` that GET /api/v1/session tells."
    return None


def give_cookie(answer: Response, secret: str, *, scheme: str, prefix: str) -> None:
    """Let the browser keep the session: out of reach of scripts, and of requests that other sites make."""
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=LONGEST_MS // 1000,
        path=prefix or "/",
        secure=scheme == "https",
        httponly=True,
        samesite="lax",
    )


def take_cookie(answer: Response, *, scheme: str, prefix: str) -> None:
    """Let the browser forget the session."""
    answer.delete_cookie(COOKIE, path=prefix or "/", secure=scheme == "https", httponly=True, samesite="lax")
