"""Which source an import goes into. By default one of its own, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zuji.collect.importing.record import ImportLedger
from zuji.terms.error import Conflict
from zuji.terms.source import Source

NO_BOUND: Mapping[str, Any] = {"new_people_per_hour": 1_000_000_000, "new_property_names_per_day": 100_000}
"""Settings of a source made for imports: those bounds are there for live traffic, and history comes all at once."""


def source_for(
    name: str,
    *,
    found: Source | None,
    make: Callable[[Mapping[str, Any]], Source],
    ledger: ImportLedger,
    workspace: str,
) -> tuple[Source, bool]:
    """The source that was found or else is made, and whether imports alone bring anything to it."""
    if found is None:
        return make(NO_BOUND), True
    if not found.enabled:
        raise Conflict(f"the source {name} is disabled. Enable it, or name another.")
    return found, any(one.own_source for one in ledger.all(workspace) if one.source == found.id)
