"""The stores of a data folder that events go into, opened together, also in a thread while other things are loaded."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from zuji.settings import Settings
from zuji.store import spool_positions
from zuji.store.events import EventStore
from zuji.store.hot import HotStore
from zuji.store.query import Limits


@dataclass(frozen=True)
class OpenStores:
    """Both, brought up to date."""

    hot: HotStore
    events: EventStore


def open_stores(data: Path, settings: Settings) -> OpenStores:
    """Open both. Raises StoreBusy when the event store cannot be opened, or is empty although it was used before."""
    hot = HotStore(data / "hot.sqlite")
    return OpenStores(hot, open_events(data, settings, hot))


def open_stores_beside(data: Path, settings: Settings) -> Future[OpenStores]:
    """The same in a thread of its own. What it raises comes out of the future."""
    opened: Future[OpenStores] = Future()

    def open_both() -> None:
        try:
            opened.set_result(open_stores(data, settings))
        except BaseException as failure:
            opened.set_exception(failure)

    threading.Thread(target=open_both, name="opening", daemon=True).start()
    return opened


def open_events(data: Path, settings: Settings, hot: HotStore) -> EventStore:
    """The event store: a folder of the data folder, or the server that is set. It must be there once it was used."""
    store = settings.store
    limits = Limits(
        memory_bytes=store.query_memory_bytes,
        seconds=store.query_seconds,
        threads=store.query_threads,
        at_once=store.queries_at_once,
    )
    with hot.read() as connection:
        taken = spool_positions.load_sequence(connection)
    return EventStore.open(store.location or data / "events", expected="used" if taken else "any", limits=limits)
