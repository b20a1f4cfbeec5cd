"""Accounting: where everything that was accepted went, per source and minute, and whether the sums close."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.moments import milliseconds
from zuji.api.ports import ports_of
from zuji.api.wire import AccountingOut, Figures, MinuteOut, iso
from zuji.store import accounting
from zuji.store.accounting import TERMS, Account

router = APIRouter(tags=["accounting"], route_class=GuardedRoute)
MOST_MINUTES = 10_000


@router.get("/accounting", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("accounting.read"))
def account(
    request: Request,
    caller: AnyCaller,
    source: Annotated[str | None, Query(description="Only this source's, by id.")] = None,
    since: Annotated[str | None, Query(alias="from", description="Received at or after.")] = None,
    until: Annotated[str | None, Query(alias="to", description="Received before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_MINUTES, description="At most so many minutes.")] = 1440,
) -> AccountingOut:
    """Per source and minute of receipt: accepted = stored + quarantined + duplicate + refused.

    `total` and `by_source` count everything since the beginning; `minutes` follow the filters, newest first.
    """
    with ports_of(request).hot.read() as connection:
        totals = accounting.per_source(connection, caller.workspace)
        minutes = accounting.per_minute(
            connection,
            caller.workspace,
            source=source,
            from_ms=milliseconds(since, name="from"),
            to_ms=milliseconds(until, name="to"),
            limit=limit,
        )
    chosen = {name: figures for name, figures in totals.items() if source in (None, name)}
    total = Account(*(sum(getattr(figures, term) for figures in chosen.values()) for term in TERMS))
    return AccountingOut(
        closed=all(figures.closed for figures in chosen.values()) and all(figures.closed for _, _, figures in minutes),
        total=Figures(**_figures(total)),
        by_source={name: Figures(**_figures(figures)) for name, figures in chosen.items()},
        minutes=[MinuteOut(source=name, minute=iso(at), **_figures(figures)) for name, at, figures in minutes],
    )


def _figures(account: Account) -> dict[str, Any]:
    return {term: getattr(account, term) for term in TERMS} | {"closed": account.closed}
