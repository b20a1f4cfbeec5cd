"""An event store per test: the engine takes one folder per process, so each test closes its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from zuji.store.events import EventStore
from zuji.store.query import Limits

Open = Callable[[Limits], EventStore]


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    """An empty event store."""
    store = EventStore.open(tmp_path / "events")
    yield store
    store.close()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens an empty event store with limits of the test's choice, and closes it whatever happens."""
    with ExitStack() as stack:

        def open_(limits: Limits) -> EventStore:
            store = EventStore.open(tmp_path / "events", limits=limits)
            stack.callback(store.close)
            return store

        yield open_
