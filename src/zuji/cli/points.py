"""zuji points: the places where behaviour should be captured, those that are not seen, and what was lost on the way."""

from __future__ import annotations

from typing import Annotated

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, WorkspaceOption, engine_of
from zuji.cli.output import JsonOption, print_json, print_table, say, short_time


def points(
    channel: Annotated[str | None, typer.Option(help="Only the points of this channel, such as web.")] = None,
    status: Annotated[str | None, typer.Option(help="List only what is live, silent or missing.")] = None,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """The declared collection points: live, silent or missing; coverage per channel; what each source lost."""
    query = {"workspace": workspace, "channel": channel, "status": status}
    with engine_of(data) as engine:
        told = engine.ask("GET", "/api/v1/points", query=query)
    if as_json:
        print_json(told)
        return
    counted = ("declared", "live", "silent", "missing")
    coverage = [("all", told["overall"])] if len(told["channels"]) > 1 else []
    coverage += sorted(told["channels"].items())
    print_table(
        "Coverage",
        ("channel", *counted, "coverage"),
        [(name, *(one[what] for what in counted), f"{one['coverage']:.1%}") for name, one in coverage],
    )
    rows = [
        (
            one["name"],
            one["channel"],
            one["declared"]["kind"],
            one["status"],
            f"{one['events']:,}",
            short_time(one["last_seen"]) if one["last_seen"] else "never",
        )
        for one in told["points"]
    ]
    print_table("Collection points", ("point", "channel", "kind", "status", "events", "last seen"), rows)
    if told["loss"]:
        figures = ("pages", "sent", "lost", "open")
        lost = [
            (one["source"], *(f"{one[what]:,}" for what in figures), f"{one['share'] or 0:.2%}") for one in told["loss"]
        ]
        print_table("Lost on the way in 7 days", ("source", "pages", "sent", "lost", "may come", "loss"), lost)
    if told["blind_spots"]:
        say(f"Not seen now: {', '.join(told['blind_spots'])}")
