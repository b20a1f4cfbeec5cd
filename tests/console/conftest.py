"""One built console, one server, and one browser per file of tests."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from console_world import Office, built_console

from sdk.node_toolbox import chromium, missing
from servers import RunningServer

BROWSER_ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def built() -> Path:
    return built_console()


@pytest.fixture(scope="session")
def office(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with RunningServer(tmp_path_factory.mktemp("console") / "data") as running:
        yield Office(running)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """For one file of tests: while it is open its event loop runs in this thread, and no other test could run one."""
    path = chromium()
    if importlib.util.find_spec("playwright") is None:
        missing("playwright is not installed: `pip install playwright`")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=BROWSER_ARGUMENTS)
        yield running
        running.close()
