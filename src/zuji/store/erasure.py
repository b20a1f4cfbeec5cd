"""Erasing rows so that their bytes leave the disk: rewrite the parts, then wait until the old ones are gone.

A lightweight DELETE only hides rows, and a projection can still show them; so erasure is always ALTER ... DELETE.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from clickhouse_connect.driver.client import Client

from zuji.store.broken_parts import TABLES, drop_set_aside
from zuji.store.connections import Connections, read_table
from zuji.store.failure import StoreBusy, translated
from zuji.store.freezing import BEFORE_MIGRATION, thaw
from zuji.store.query import Query

CLEANUP_WAIT_S = 300.0
AT_ONCE_S, KEPT_S = 1, 60
"""How long parts stay that were replaced: while rows are erased, and else (as in the newest migration)."""
_POLL_S = 0.5
_RETIRED = (
    "SELECT table || '/' || name AS name FROM system.parts"
    " WHERE NOT active AND database = 'zuji' AND table IN {tables:Array(String)}"
)


def erase(connections: Connections, statements: Sequence[Query], *, wait_s: float = CLEANUP_WAIT_S) -> None:
    """Run each ALTER ... DELETE to its end, then wait until no part holds the old rows.

    Raises StoreBusy when one stays. What was retired is waited for once: the engine's cleaner takes seconds to come by.
    """
    client = connections.connect({"mutations_sync": 2, "max_execution_time": 0})
    try:
        with translated("erasing events"), _retired_parts_go_at_once(client):
            for statement in statements:
                client.command(statement.sql, parameters=dict(statement.params))
            thaw(client, BEFORE_MIGRATION)
            drop_set_aside(client)
            _wait_for_cleanup(client, wait_s)
    finally:
        client.close()


@contextmanager
def _retired_parts_go_at_once(client: Client) -> Iterator[None]:
    """Else what was replaced stays for a minute. After a crash in here it goes at once, until the next erasure ends."""
    try:
        _keep_retired_parts(client, AT_ONCE_S)
        yield
    finally:
        _keep_retired_parts(client, KEPT_S)


def _keep_retired_parts(client: Client, seconds: int) -> None:
    for table in TABLES:
        client.command(f"ALTER TABLE zuji.{table} MODIFY SETTING old_parts_lifetime = {seconds:d}")


def _wait_for_cleanup(client: Client, wait_s: float) -> None:
    """Parts replaced by the rewrite stay on disk until the engine's cleaner comes by.

    Only those present now matter: merging goes on meanwhile and retires further parts, of clean rows.
    How often the cleaner comes is set with the table (`max_cleanup_delay_period`): by default, every five minutes.
    """
    names = _retired(client)
    deadline = time.monotonic() + wait_s
    while names & _retired(client):
        if time.monotonic() > deadline:
            raise StoreBusy(
                f"erased rows are still on disk after {wait_s:g} s in the parts {', '.join(sorted(names)[:5])}."
            )
        time.sleep(_POLL_S)


def _retired(client: Client) -> set[str]:
    """Of the tables that hold anything of people. (The list of migrations is cleaned at leisure.)"""
    return set(read_table(client, _RETIRED, {"tables": list(TABLES)})["name"].to_pylist())
