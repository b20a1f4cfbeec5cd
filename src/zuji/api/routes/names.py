"""Names of events: which may mean one behaviour. Whoever agrees writes the policy `names`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.ports import ports_of
from zuji.api.wire import Out
from zuji.clean.standards.event_names import NO_NAMES, read_names
from zuji.clean.standards.name_suggestions import MOST_NAMES, suggestions
from zuji.store.event_queries import EventFilter, count_by_event

DAY_MS = 24 * 3_600_000
router = APIRouter(tags=["policies"], route_class=GuardedRoute)


class NameSuggestion(Out):
    """Names that may be one. `likeness`: 0 to 1; `why`: `same words`, `standard name` or `similar`."""

    name: str = Field(description="The one to keep: the usual name of that behaviour, or the most frequent.")
    aliases: list[str]
    likeness: float
    why: str
    events: dict[str, int] = Field(description="How many events each name has in these days.")


class NameSuggestions(Out):
    """The surest first."""

    suggestions: list[NameSuggestion]


@router.get("/names/suggestions", openapi_extra=needs("policies.read"), dependencies=[Depends(wait_until_fresh)])
def suggest_names(
    request: Request,
    caller: AnyCaller,
    days: Annotated[int, Query(ge=1, le=3650, description="Of events that occurred in so many days.")] = 90,
) -> NameSuggestions:
    """Event names that look like one behaviour. Nothing is renamed until somebody writes the policy `names`."""
    ports = ports_of(request)
    wanted = EventFilter(caller.workspace, type="track", from_ms=ports.now_ms() - days * DAY_MS)
    counts = count_by_event(ports.events, wanted, limit=MOST_NAMES)
    policy = ports.policies.newest(caller.workspace, "names")
    found = suggestions(counts, read_names(policy.document) if policy else NO_NAMES)
    return NameSuggestions(
        suggestions=[
            NameSuggestion(
                name=each.name,
                aliases=list(each.aliases),
                likeness=each.likeness,
                why=each.why,
                events={name: counts[name] for name in (each.name, *each.aliases)},
            )
            for each in found
        ]
    )
