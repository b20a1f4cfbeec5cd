"""Queries that nobody waits for: one at a time, with plenty of time and one thread, stopped by their ticket."""

from __future__ import annotations

from dataclasses import replace

from zuji.store.query import Query

_SETTINGS = "\nSETTINGS max_execution_time = 900, max_threads = 1"
"""One thread, so that the questions of people keep the other one."""
TICKET = "ba7c4000"
"""Of all of them: there is one at a time."""


def unhurried(query: Query) -> Query:
    """The same query, asked in its own time."""
    return replace(query, sql=query.sql + _SETTINGS, ticket=TICKET)
