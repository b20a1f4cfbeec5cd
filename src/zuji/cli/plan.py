"""zuji plan: what sources send, what was decided about it, and plans of other tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, WorkspaceOption, engine_of
from zuji.cli.output import JsonOption, print_json, print_table, say, short_time
from zuji.terms.error import BadRequest

app = typer.Typer(help="The tracking plan: show, export, import.", no_args_is_help=True)


@app.command()
def show(
    event: Annotated[str | None, typer.Argument(help="One event, with its properties.")] = None,
    source: Annotated[str | None, typer.Option(help="Only what this source sends, by id.")] = None,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """What arrives beside what is planned, and what changed within a week."""
    query = {"workspace": workspace, "event": event, "source": source}
    with engine_of(data) as engine:
        plan = engine.ask("GET", "/api/v1/plan", query=query)
        changes = engine.ask("GET", "/api/v1/plan/changes", query={"workspace": workspace})["changes"]
    if as_json:
        print_json({**plan, "changes": changes})
        return
    if event is not None:
        _show_properties(plan["events"])
        return
    rows = [
        (
            one["event"],
            one["source"],
            f"{one['events']:,}",
            short_time(one["last_seen"]),
            one["mode"] if one["planned"] else "not planned",
            len(one["properties"]),
        )
        for one in plan["events"]
    ]
    print_table("Events", ("event", "source", "events", "last seen", "plan", "properties"), rows)
    if plan["never_seen"]:
        say(f"Planned and never seen: {', '.join(plan['never_seen'])}")
    noticed = [(short_time(one["at"]), one["event"], one["property"], one["kind"], one["detail"]) for one in changes]
    print_table("Changed within a week", ("at", "event", "property", "what", "detail"), noticed)


@app.command()
def export(
    format_: Annotated[
        Literal["yaml", "json", "json_schema"], typer.Option("--format", help="yaml (default), json or json_schema.")
    ] = "yaml",
    learned: Annotated[bool, typer.Option("--learned", help="What was learnt instead of what was decided.")] = False,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
) -> None:
    """Print the plan: to keep beside code, to edit, or to check events with."""
    wanted = "json" if format_ == "yaml" else format_
    query = {"workspace": workspace, "format": wanted, "learned": learned}
    with engine_of(data) as engine:
        document = engine.ask("GET", "/api/v1/plan/export", query=query)
    if format_ == "yaml":
        from zuji.clean.plan_export import as_yaml  # late: `zuji serve` need not wait for Polars

        typer.echo(as_yaml(document), nl=False)
    else:
        print_json(document)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A Segment tracking plan as JSON, or a plan of ours.")],
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Take over a plan. Events that are planned already keep how they are taken."""
    with engine_of(data) as engine:
        made = engine.ask("POST", "/api/v1/plan/import", query={"workspace": workspace}, body=_read(file))
    if as_json:
        print_json(made)
        return
    say(f"{made['events']} events imported, {made['new']} of them new; the plan is version {made['version']} now.")


def _show_properties(events: list[dict[str, Any]]) -> None:
    for one in events:
        rows = [
            (
                named["name"],
                named["type"] or ", ".join(named["types"]),
                f"{named['share']:.1%}",
                short_time(named["last_seen"]),
                "gone" if named["gone"] else "",
                (named["planned"] or {}).get("type", "not planned"),
                ", ".join(named["examples"]),
            )
            for named in one["properties"]
        ]
        columns = ("property", "type", "filled", "last seen", "", "planned", "such as")
        print_table(f"{one['event']} of {one['source']}: {one['events']:,} events", columns, rows)


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as mistake:
        raise BadRequest(f"{file} cannot be read as JSON: {mistake}.") from mistake
    if not isinstance(found, dict):
        raise BadRequest(f"{file} must hold a JSON object.")
    return found
