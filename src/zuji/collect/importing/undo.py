"""Taking imports back. An import is its source: what it brought goes when its source's data goes.

So links it made no longer count and its ids are free again, by the one decision that does both for sources.
"""

from __future__ import annotations

from typing import Literal

from zuji.collect.importing.record import Import
from zuji.terms.error import Conflict

Others = Literal["refuse", "too"]
"""What to do about further imports into the same source: refuse, or undo them too."""


def imports_to_undo(one: Import, every: list[Import], *, others: Others) -> list[Import]:
    """The imports that go together with this one, itself among them. Raises Conflict when something must not go."""
    if not one.own_source:
        raise Conflict(
            f"the source {one.source_name} takes other events in too, which would go with the import. "
            "Give imports sources of their own; `DELETE /api/v1/sources/{id}/data` deletes all of this one."
        )
    if one.state == "undone":
        raise Conflict(f"the import {one.id} is undone already.")
    together = [each for each in every if each.source == one.source and each.state != "undone"]
    beside = [each.id for each in together if each.id != one.id]
    if beside and others == "refuse":
        raise Conflict(
            f"the imports {', '.join(beside)} went into the same source {one.source_name} and would go too. "
            "Say that they shall (others=too), and import again what is to stay."
        )
    return together
