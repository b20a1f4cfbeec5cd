"""zuji segment: sets of people. Definitions are JSON documents; docs/rules.md says what they mean."""

from __future__ import annotations

from typing import Annotated

import typer

from zuji.cli import definitions
from zuji.cli.asking import DEFAULT_DATA, DataOption, WorkspaceOption, engine_of
from zuji.cli.definitions import AnnounceOption, FileArgument, KeyArgument, path_of
from zuji.cli.output import JsonOption, print_json, print_table, say
from zuji.cli.profile import Who
from zuji.cli.why import AtOption, show_why

app = typer.Typer(help="Segments: sets of people, right now.", no_args_is_help=True)


@app.command("list")
def list_(data: DataOption = DEFAULT_DATA, workspace: WorkspaceOption = "default", as_json: JsonOption = False) -> None:
    """List the segments: whether they hold, and how many people are in each."""
    definitions.show_all("segment", data, workspace, as_json=as_json)


@app.command()
def show(
    key: KeyArgument,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Show who is in a segment, as sentences, and its versions."""
    definitions.show_one("segment", key, data, workspace, as_json=as_json)


@app.command()
def preview(
    file: FileArgument,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Look at who would be in a segment, before it is written or published."""
    definitions.show_preview("segment", file, data, workspace, as_json=as_json)


@app.command()
def write(
    file: FileArgument,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Write a segment down, or change it. It holds once it is published."""
    definitions.write("segment", file, data, workspace, as_json=as_json)


@app.command()
def publish(
    key: KeyArgument,
    announce: AnnounceOption = False,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Let a segment hold as it is written, as its next version."""
    definitions.publish("segment", key, data, workspace, announce=announce, as_json=as_json)


@app.command()
def end(key: KeyArgument, data: DataOption = DEFAULT_DATA, workspace: WorkspaceOption = "default") -> None:
    """End a segment: nobody is in it any more. Its history stays; a draft is forgotten."""
    definitions.end("segment", key, data, workspace)


@app.command()
def why(
    key: KeyArgument,
    who: Who,
    at: AtOption = "",
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Why somebody is in a segment, or is not: every condition, its events, and what would change it."""
    show_why("segment", key, who, at, data, workspace, as_json=as_json)


@app.command()
def people(
    key: KeyArgument,
    at: AtOption = "",
    limit: Annotated[int, typer.Option(help="How many to show, at most 1000.")] = 100,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """List who is in a segment, now or as of a moment."""
    with engine_of(data) as engine:
        query = {"workspace": workspace, "at": at or None, "limit": limit}
        page = engine.ask("GET", path_of("segment", key, "people"), query=query)
    if as_json:
        print_json(page)
        return
    rows = [(one["person"], definitions.held_by(one)) for one in page["people"]]
    print_table(f"{page['count']:,} people in {key}", ("person", "identifiers"), rows)


@app.command()
def overlap(
    keys: Annotated[list[str], typer.Argument(help="Two segments or more, by key.")],
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Show what segments have in common: each with each, all of them, and each alone."""
    with engine_of(data) as engine:
        body = {"segments": keys}
        found = engine.ask("POST", path_of("segment", "overlap"), query={"workspace": workspace}, body=body)
    if as_json:
        print_json(found)
        return
    rows = [
        (key, *(f"{number:,}" for number in row), f"{only:,}")
        for key, row, only in zip(keys, found["together"], found["only"], strict=True)
    ]
    print_table("people in both", ("", *keys, "in no other"), rows)
    say(f"{found['in_all']:,} are in all of them, {found['in_any']:,} in any.")
