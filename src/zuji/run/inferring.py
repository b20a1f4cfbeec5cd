"""The stage that adds what events imply: after link, so that only what will be stored implies anything."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from zuji.clean.facts import Facts
from zuji.clean.inferred_rows import Completed, with_inferred
from zuji.clean.missing_steps import Implied, implied_steps
from zuji.clean.received import Received
from zuji.store.accounting import Key, key_of
from zuji.terms.event import INDEX_BITS
from zuji.terms.subject import Subject


def infer(
    frame: pl.DataFrame, subjects: Sequence[Subject], received: Sequence[Received], *, facts: Facts, now_ms: int
) -> Completed:
    """The rows that a batch stores, and those that they imply. `received` is all of it, also what is not stored."""
    implied = implied_steps(frame, subjects, facts, now_ms)
    return with_inferred(frame, _placed(implied, frame, received) if implied else ())


def accounts_of(completed: Completed) -> list[Key]:
    """Where each inferred row is accounted: with the event that implies it."""
    if not completed.inferred:
        return []
    names = completed.frame.select("workspace", "source", pl.col("received_at").cast(pl.Int64))
    return [key_of(*names.row(row)) for row in completed.inferred]


def _placed(implied: Sequence[Implied], frame: pl.DataFrame, received: Sequence[Received]) -> list[Implied]:
    """Each with a position: the next that is free behind the request in which its event came."""
    positions = frame["position"].to_list()
    requests = [positions[step.row] >> INDEX_BITS for step in implied]
    free = dict.fromkeys(requests, 0)
    for item in received:
        request = item.position >> INDEX_BITS
        if request in free:
            free[request] = max(free[request], item.position + 1)
    placed: list[Implied] = []
    for step, request in zip(implied, requests, strict=True):
        placed.append(step._replace(position=free[request]))
        free[request] += 1
    return placed
