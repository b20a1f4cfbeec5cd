"""zuji cleaning: the rules that judge events, what each is switched to, and how many events it touched."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, WorkspaceOption, engine_of
from zuji.cli.output import JsonOption, print_json, print_table

app = typer.Typer(help="The rules that judge events.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Rules of cleaning."""


@app.command()
def rules(
    language: Annotated[Literal["en", "zh"], typer.Option(help="In which language the rules are explained.")] = "en",
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Every rule with its switch, what it may be switched to, and the events it touched in the last 24 hours."""
    with engine_of(data) as engine:
        answer = engine.ask("GET", "/api/v1/cleaning/rules", query={"workspace": workspace})
    if as_json:
        print_json(answer)
        return
    rows = [
        (
            one["rule"],
            one["holds"]["action"],
            "/".join(one["actions"]),
            sum(one["touched"].values()),
            one["meaning"][language],
        )
        for one in answer["rules"]
    ]
    print_table(f"Rules, version {answer['version']}", ("rule", "action", "may be", "24 h", "meaning"), rows)
