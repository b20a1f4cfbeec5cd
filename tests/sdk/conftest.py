"""One server for all client tests; the clients of npm; one browser."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from bookkeeper import Bookkeeper
from node_toolbox import chromium, install_clients, missing

from servers import RunningServer

BROWSER_ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bookkeeper]:
    with RunningServer(tmp_path_factory.mktemp("zuji") / "data") as running:
        yield Bookkeeper(running.port, running.token)


@pytest.fixture(scope="session")
def npm_clients() -> Path:
    return install_clients()


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
