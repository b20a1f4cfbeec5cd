"""An engine that kills its own process at a named point of its work: what the tests of crashes run in a child.

Each point is a moment between two effects. `SIGKILL` leaves no time to tidy up, as a power cut would.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from engine_world import running

import zuji.store.events as event_store
from zuji.clean.policies import PolicySource
from zuji.run.storing import StoringLoop
from zuji.run.tagging import Tagger
from zuji.store import decision_outcomes, outbox, source_epochs
from zuji.store.events import EventStore
from zuji.store.seen import SeenIds

Patient = dict[str, tuple[Any, str]]
AROUND: Patient = {
    "before the commit": (outbox, "put"),
    "after the commit": (SeenIds, "settle"),
    "between events and people": (StoringLoop, "_insert_people"),
    "before the outbox row leaves": (StoringLoop, "_leave"),
    "after the outbox row left": (StoringLoop, "_leave"),
    "before a source is erased": (EventStore, "delete_source"),
    "after a source was erased": (EventStore, "delete_source"),
    "before a decision is written": (decision_outcomes, "save"),
    "while an epoch is raised": (source_epochs, "raise_epoch"),
    "before rows of people are inserted": (EventStore, "insert_profiles"),
    "after rows of people were inserted": (EventStore, "insert_profiles"),
    "after tags were written": (Tagger, "take"),
}
"""Which function stands at which point."""
DIES_AFTER = {"before the commit", "after the outbox row left", "after a source was erased", "while an epoch is raised"}
DIES_AFTER |= {"after rows of people were inserted", "after tags were written"}
"""Points that lie behind their function, not before it. Tags are the last thing written in a batch's transaction."""
BETWEEN_MONTHS = "between two months of an insert"
MONTHS_STORED = 2


def live_until(folder: Path, point: str, times: int, policies: PolicySource | None = None) -> None:
    """Run an engine over the folder and die when `point` is reached for the `times`th time."""
    if point == BETWEEN_MONTHS:
        event_store._insert = _some_months_only(event_store._insert)  # type: ignore[assignment]
    else:
        owner, name = AROUND[point]
        setattr(owner, name, _deadly(getattr(owner, name), times, after=point in DIES_AFTER))
    with running(folder, policies=policies) as world:
        world.settle()


def die() -> None:
    """At once and without a word."""
    os.kill(os.getpid(), signal.SIGKILL)


def _deadly(original: Callable[..., Any], times: int, *, after: bool) -> Callable[..., Any]:
    calls = 0

    def call(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == times and not after:
            die()
        result = original(*arguments, **named)
        if calls == times:
            die()
        return result

    return call


def _some_months_only(original: Callable[..., None]) -> Callable[..., None]:
    """Store the first months of an insert and die, as a kill between two of its parts does."""

    def insert(client: Any, name: str, table: pa.Table) -> None:
        months = pc.cast(table["occurred_at"], pa.int64()).to_numpy() if name == "zuji.events" else np.empty(0)
        months = months.astype("datetime64[ms]").astype("datetime64[M]")
        distinct = np.unique(months)
        if distinct.size <= MONTHS_STORED:
            original(client, name, table)
            return
        original(client, name, table.filter(pa.array(np.isin(months, distinct[:MONTHS_STORED]))))
        die()

    return insert
