"""A question to the event store as a value: SQL text of ours with named places, and the values bound to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zuji.terms.error import BadRequest

_TICKET = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class Query:
    """SQL with places such as `{event:String}`, and their values. Nothing a client said is ever part of `sql`.

    `ticket` (hexadecimal, chosen by the caller) lets somebody else cancel the query while it runs.
    """

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)
    ticket: str = ""

    def __post_init__(self) -> None:
        if self.ticket and not _TICKET.fullmatch(self.ticket):
            raise BadRequest(f"a ticket is 8 to 64 lower-case hexadecimal digits, got {self.ticket!r}.")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use, and how many run at once. Further ones wait in line for `wait_s`, then fail as Busy."""

    memory_bytes: int = 700 * 1024 * 1024
    on_disk_from: float = 0.4
    """The share of its memory from which a query groups and sorts on disk. By itself the engine does so at a half, and
    then breaks: a table that doubles at a half of the memory needs all of it."""
    seconds: int = 30
    threads: int = 2
    at_once: int = 3
    wait_s: float = 30.0
