"""Pictures of every page, at desktop and phone width, in both languages, light and dark, of a demo of its own.

    python tests/console/screenshots.py OUT [PAGE ...]

Look at them with a designer's eye. Pages are named by their paths; without any, all are pictured.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parents[1] / "src")]

from conftest import BROWSER_ARGUMENTS  # noqa: E402
from console_world import LANGUAGES, Office, built_console, go, open_page  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from sdk.node_toolbox import chromium  # noqa: E402
from servers import RunningServer  # noqa: E402

PAGES = ("/", "/live", "/ask", "/dashboards", "/people", "/people/profile:5", "/tags", "/tags/new", "/segments")
PAGES += ("/data", "/data/imports", "/data/plan", "/data/points", "/data/visual", "/data/quarantine", "/data/quality")
PAGES += ("/data/accounting", "/operate", "/operate/users")
WIDTHS = (1360, 390)
HEIGHT = 900
DEMO = ("--people", "200", "--days", "30", "--rate", "2")
DRAWN_MS = 700
"""Charts come in with a short movement."""


def main(out: Path, pages: tuple[str, ...]) -> None:
    """Start a demo, sign in, picture everything."""
    built_console()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, RunningServer(Path(folder) / "demo") as server:
        command = [sys.executable, "-m", "zuji.cli", "demo", "--data", str(server.data), *DEMO]
        live = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(HERE.parents[1] / "src")})
        try:
            picture_all(Office(server), out, pages)
        finally:
            live.send_signal(signal.SIGINT)
            live.wait(60)


def picture_all(office: Office, out: Path, pages: tuple[str, ...]) -> None:
    """One browser for each way of looking."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=BROWSER_ARGUMENTS)
        cookie = office.somebody()
        for language, theme, width in itertools.product(LANGUAGES, ("light", "dark"), WIDTHS):
            viewport = {"width": width, "height": HEIGHT}
            with open_page(browser, office, language=language, theme=theme, viewport=viewport) as page:
                page.goto(office.address)
                page.wait_for_selector("#password")
                page.screenshot(path=out / f"door-{language}-{theme}-{width}.png")
                page.context.add_cookies([cookie])
                page.reload()
                for place in pages:
                    picture(page, office, place, out / f"{named(place)}-{language}-{theme}-{width}.png")
        browser.close()


def picture(page: Any, office: Office, place: str, file: Path) -> None:
    """One page, whole."""
    go(page, office, place)
    page.wait_for_timeout(DRAWN_MS)
    page.screenshot(path=file, full_page=True)
    sys.stderr.write(f"{file}\n")


def named(place: str) -> str:
    """A page as the name of a file."""
    return place.strip("/").replace("/", "_").replace(":", "_") or "home"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), tuple(sys.argv[2:]) or PAGES)
