"""Erasing rows so that their bytes leave the disk: rewrite the parts, then wait until the old ones are gone.

A lightweight DELETE only hides rows, and a projection can still show them; so erasure is always ALTER ... DELETE.
"""

from __future__ import annotations

import time

from clickhouse_connect.driver.client import Client

from zuji.store.connections import Connections, read_table
from zuji.store.failure import StoreBusy, translated
from zuji.store.freezing import BEFORE_MIGRATION, thaw
from zuji.store.query import Query

CLEANUP_WAIT_S = 300.0
_POLL_S = 0.2
_RETIRED = "SELECT table || '/' || name AS name FROM system.parts WHERE NOT active AND database = 'zuji'"


def erase(connections: Connections, statement: Query, *, wait_s: float = CLEANUP_WAIT_S) -> None:
    """Run an ALTER ... DELETE to its end and wait until no part holds the old rows. Raises StoreBusy when one stays."""
    client = connections.connect({"mutations_sync": 2, "max_execution_time": 0})
    try:
        with translated("erasing events"):
            client.command(statement.sql, parameters=dict(statement.params))
            thaw(client, BEFORE_MIGRATION)
            _wait_for_cleanup(client, wait_s)
    finally:
        client.close()


def _wait_for_cleanup(client: Client, wait_s: float) -> None:
    """Parts replaced by the rewrite stay on disk until the engine's cleaner comes by.

    Only those present now matter: merging goes on meanwhile and retires further parts, of clean rows.
    How often the cleaner comes is set with the table (`max_cleanup_delay_period`): by default, every five minutes.
    """
    names = read_table(client, _RETIRED)["name"].to_pylist()
    deadline = time.monotonic() + wait_s
    while names and set(names) & set(read_table(client, _RETIRED)["name"].to_pylist()):
        if time.monotonic() > deadline:
            raise StoreBusy(f"erased rows are still on disk after {wait_s:g} s in the parts {', '.join(names[:5])}.")
        time.sleep(_POLL_S)
