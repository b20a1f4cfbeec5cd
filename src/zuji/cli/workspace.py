"""zuji workspace: companies or projects kept apart."""

from __future__ import annotations

from typing import Annotated

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, engine_of
from zuji.cli.output import JsonOption, print_facts, print_json, print_table

app = typer.Typer(help="Workspaces: data of different companies, kept apart.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="A name for people; the id is made from it.")],
    timezone: Annotated[str | None, typer.Option(help="The zone its times are shown in.")] = None,
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Make a workspace."""
    with engine_of(data, missing="make") as engine:
        made = engine.ask("POST", "/api/v1/workspaces", body={"name": name, "timezone": timezone})
    print_json(made) if as_json else print_facts("Workspace", made)


@app.command("list")
def list_(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List the workspaces."""
    with engine_of(data) as engine:
        answer = engine.ask("GET", "/api/v1/workspaces")
    if as_json:
        print_json(answer)
        return
    rows = [(one["id"], one["name"], one["timezone"], one["created_at"]) for one in answer["workspaces"]]
    print_table("Workspaces", ("id", "name", "zone", "created"), rows)
