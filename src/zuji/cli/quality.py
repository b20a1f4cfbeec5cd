"""zuji quality: how good what arrived is, by source, and what is wrong with it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, WorkspaceOption, engine_of
from zuji.cli.output import JsonOption, print_json, print_table

BROKEN = frozenset({"type_changed", "property_vanished", "event_silent"})
"""Changes in what a source sends that mean that it broke; what is merely new stands in `zuji plan`."""


def quality(
    source: Annotated[str | None, typer.Option(help="Only this source's, by id.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="From this day on, such as 2026-11-01.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Up to this day.")] = None,
    daily: Annotated[bool, typer.Option("--daily", help="Also by day.")] = False,
    events: Annotated[bool, typer.Option("--events", help="Also by event.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many causes.")] = 20,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """The quality index from 0 to 100 of each source, what it is made of, what broke, and the worst offenders."""
    query = {"workspace": workspace, "source": source, "from": since, "to": until, "limit": limit}
    with engine_of(data) as engine:
        told = engine.ask("GET", "/api/v1/quality", query=query)
        sources = engine.ask("GET", "/api/v1/sources", query={"workspace": workspace})["sources"]
        noticed = {"workspace": workspace, "from": since, "limit": 1000}
        changes_of_plan = engine.ask("GET", "/api/v1/plan/changes", query=noticed)["changes"]
    broken = [one for one in changes_of_plan if one["kind"] in BROKEN and source in (None, one["source"])]
    if as_json:
        print_json({**told, "broken": broken})
        return
    names = {one["id"]: one["name"] for one in sources}
    dimensions = list(told["weights"])
    rows = [("all", *_scores(told, dimensions))] if len(told["sources"]) != 1 else []
    rows += [(names.get(one["source"], one["source"]), *_scores(one, dimensions)) for one in told["sources"]]
    print_table("Quality, 0 to 100", ("source", "index", *dimensions), rows)
    if events:
        by_event = [(one["event"], names.get(one["source"]), *_scores(one, dimensions)) for one in told["events"]]
        print_table("By event", ("event", "source", "index", *dimensions), by_event)
    if daily:
        by_day = [(one["day"], names.get(one["source"]), *_scores(one, dimensions)) for one in told["days"]]
        print_table("By day of receipt", ("day", "source", "index", *dimensions), by_day)
    changes = [
        (one["since"], names.get(one["source"]), one["dimension"], one["before"], one["after"], _said(one["cause"]))
        for one in told["changes"]
    ]
    if changes:
        print_table("Changes", ("since", "source", "dimension", "from", "to", "cause"), changes)
    if broken:
        parts = ("event", "property", "kind", "detail", "example", "at")
        rows_broken = [(names.get(one["source"], one["source"]), *(one[name] for name in parts)) for one in broken]
        print_table("What broke", ("source", "event", "property", "what", "how", "such as", "noticed"), rows_broken)
    told_of = ("dimension", "cause", "event", "property", "last_day", "example")
    causes = [(one["found"], names.get(one["source"]), *(one[name] for name in told_of)) for one in told["causes"]]
    columns = ("found", "source", "dimension", "cause", "event", "property", "last", "such as")
    print_table("Worst offenders", columns, causes)


def _said(cause: dict[str, Any] | None) -> str:
    return "-" if cause is None else " ".join(cause[name] for name in ("cause", "event", "property") if cause[name])


def _scores(told: dict[str, Any], dimensions: list[str]) -> list[str]:
    scores = [told["index"], *(told["dimensions"][name]["score"] for name in dimensions)]
    return ["-" if one is None else f"{one:.2f}" for one in scores]
