"""The built console, a running server with somebody to sign in, and pages that notice when anything goes wrong."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import httpx

from sdk.node_toolbox import missing, node_folder
from servers import RunningServer

WEB = Path(__file__).resolve().parents[2] / "web"
PASSWORD = "a long walk home"
WAIT_MS = 60_000
COMING = "main .ant-skeleton, main .ant-spin-spinning, .state .ant-spin"
LANGUAGES = ("en", "zh")


def build_module() -> ModuleType:
    """web/build.py, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("console_build", WEB / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def built_console() -> Path:
    """The folder of the built console, current; without Node a skip that says so."""
    node_folder()
    done = subprocess.run(
        [sys.executable, str(WEB / "build.py")], capture_output=True, text=True, timeout=500, check=False
    )
    if done.returncode:
        missing(f"the console could not be built: {done.stderr[-500:]}")
    return Path(build_module().BUILT)


def development_tools() -> None:
    """What checks the console and is no part of building it: TypeScript, axe."""
    build = build_module()
    if not (WEB / "node_modules" / "typescript").exists():
        (WEB / "node_modules" / ".package-lock.json").unlink(missing_ok=True)
        build.install(build.node_folder())


@dataclass
class Office:
    """A running server whose console people sign in to."""

    server: RunningServer
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 1000)))

    @property
    def address(self) -> str:
        """Of the console."""
        return f"{self.server.url}/console/"

    def api(self, **params: str) -> httpx.Client:
        """The API as the owner."""
        headers = {"Authorization": f"Bearer {self.server.token}"}
        url = f"{self.server.url}/api/v1"
        return httpx.Client(base_url=url, headers=headers, params=params, timeout=60, trust_env=False)

    def invitation(self, role: str = "owner") -> str:
        """The address of a new one-time link."""
        with self.api() as api:
            made = api.post("/users/invitations", json={"role": role}).raise_for_status().json()
        return f"{self.server.url}{made['path']}"

    def new_login(self) -> str:
        """A login that nobody has."""
        return f"ada{next(self.numbers)}@shop.cn"

    def somebody(self, role: str = "owner") -> dict[str, str]:
        """A cookie of somebody new who is signed in, as Playwright takes it."""
        code = self.invitation(role).split("code=")[1]
        body = {"code": code, "login": self.new_login(), "name": "Ada", "password": PASSWORD}
        with httpx.Client(trust_env=False, timeout=60) as client:
            client.post(f"{self.server.url}/api/v1/session/welcome", json=body).raise_for_status()
            return {"name": "zuji_session", "value": client.cookies["zuji_session"], "url": self.server.url}

    def track(self, event: str, user: str, **properties: Any) -> None:
        """One event through the gateway."""
        body = {"event": event, "userId": user, "properties": properties}
        sent = httpx.post(
            f"{self.server.url}/v1/track", auth=(self.server.write_key, ""), json=body, trust_env=False, timeout=60
        )
        sent.raise_for_status()

    def wait_stored(self) -> None:
        """Until all that was sent can be asked about."""
        self.server.count()


@contextmanager
def open_page(
    browser: Any, office: Office, *, language: str = "en", theme: str = "light", **options: Any
) -> Iterator[Any]:
    """A page of a browser of its own; afterwards no script failed, no policy was broken, no other host was called."""
    problems: list[str] = []
    hosts: set[str] = set()
    context = browser.new_context(**options)
    context.add_init_script(f"localStorage.setItem('zuji.language', '{language}')")
    context.add_init_script(f"localStorage.setItem('zuji.theme', '{theme}')")
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    try:
        yield page
        assert not problems, problems
        assert hosts - {""} <= {urlsplit(office.server.url).netloc}, hosts
    finally:
        context.close()


@contextmanager
def signed_in(browser: Any, office: Office, path: str = "/", *, role: str = "owner", **options: Any) -> Iterator[Any]:
    """The console at a path, as somebody new with a role."""
    with open_page(browser, office, **options) as page:
        page.context.add_cookies([office.somebody(role)])
        go(page, office, path)
        yield page


def go(page: Any, office: Office, path: str) -> None:
    """Open a page of the console and wait until nothing is loading any more."""
    page.goto(f"{office.address}#{path}")
    page.wait_for_selector("main h1, .state", state="visible")
    settled(page)


def settled(page: Any) -> None:
    """Nothing that stands for something to come is left. Asked from outside: the policy runs no text as a script."""
    until(lambda: page.locator(COMING).count() == 0)


def until(asked: Any, *, within_s: float = 60, otherwise: Any = lambda: "") -> Any:
    """What `asked` gives as soon as it gives something; in vain it fails with what `otherwise` gives."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        found = asked()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"it did not come to be in time {otherwise()}".rstrip())


def manifest(built: Path) -> dict[str, Any]:
    """Which files the page loads for what."""
    told: dict[str, Any] = json.loads((built / ".vite" / "manifest.json").read_text(encoding="utf-8"))
    return told
