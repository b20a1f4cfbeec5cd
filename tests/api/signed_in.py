"""People who sign in, for tests: users made by invitations, and browsers that keep their cookie and prove changes.

Only tests about passwords pay for hashing them: users share one hash, and most browsers get their session directly.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpx
from api_world import ApiWorld

from zuji.api.browser import COOKIE, CSRF_HEADER
from zuji.govern import passwords
from zuji.govern.sessions import Browser, csrf_of
from zuji.store.users import User, UserStore
from zuji.terms.secret import sha256_hex
from zuji.terms.source import Role

PASSWORD = "three blind mice"
hashed = cache(passwords.hashed)
_numbers = itertools.count(1)


def store(world: ApiWorld) -> UserStore:
    """What is kept of users and sessions."""
    return UserStore.beside(world.house.administration.metadata)


def an_address() -> str:
    """An address that no other test signs in from, so that none uses up another's tries."""
    return f"2001:db8::{next(_numbers):x}"


def invitation(world: ApiWorld, role: Role, workspace: str | None = None) -> str:
    """The code of a new invitation."""
    made = world.house.administration.users.invite(role=role, workspace=workspace, actor="tests")
    return made.path.partition("code=")[2]


def a_user(world: ApiWorld, role: Role, workspace: str | None = None) -> User:
    """Somebody new, whose password is `PASSWORD`."""
    number, kept = next(_numbers), store(world)
    link = kept.find_link(sha256_hex(invitation(world, role, workspace)))
    assert link is not None
    made = User(
        f"u{number}", f"{role}-{number}@shop.cn", f"A {role}", "zh", hashed(PASSWORD),
        role if workspace is None else None, 1, roles={} if workspace is None else {workspace: role},
    )  # fmt: skip
    kept.join(made, link=link)
    return made


@contextmanager
def a_browser(world: ApiWorld, *, address: str | None = None, **headers: str) -> Iterator[httpx.Client]:
    """A browser that is not signed in."""
    headers["X-Forwarded-For"] = address or an_address()
    with httpx.Client(base_url=f"{world.url}/api/v1", headers=headers, timeout=60, trust_env=False) as browser:
        yield browser


def sign_in(browser: httpx.Client, login: str, password: str = PASSWORD) -> httpx.Response:
    """Sign in; from then on the browser proves its changes as our page does."""
    answer = browser.post("/session", json={"login": login, "password": password})
    if answer.is_success:
        browser.headers[CSRF_HEADER] = answer.json()["csrf"]
    return answer


@contextmanager
def signed_in(world: ApiWorld, user: User, *, workspace: str | None = None, **headers: str) -> Iterator[httpx.Client]:
    """A browser in which this user is signed in, asking about a workspace."""
    with a_browser(world, **headers) as browser:
        begun = world.house.administration.sessions.begin(user, Browser("192.0.2.1", headers.get("User-Agent", "")))
        browser.cookies.set(COOKIE, begun.secret, domain="127.0.0.1")
        browser.headers[CSRF_HEADER] = csrf_of(begun.secret)
        if workspace is not None:
            browser.params = httpx.QueryParams({"workspace": workspace})
        yield browser


def session_of(browser: httpx.Client) -> dict[str, Any]:
    """What `GET /session` tells."""
    answer = browser.get("/session")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def secret_of(browser: httpx.Client) -> str:
    """What the cookie holds."""
    return browser.cookies[COOKIE]
