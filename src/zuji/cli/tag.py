"""zuji tag: what is said about people. Definitions are JSON documents; docs/rules.md says what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zuji.cli import definitions
from zuji.cli.asking import DEFAULT_DATA, DataOption, Engine, WorkspaceOption, engine_of
from zuji.cli.definitions import AnnounceOption, FileArgument, KeyArgument, Kind, path_of
from zuji.cli.output import JsonOption, print_json, print_table, say
from zuji.cli.profile import Who
from zuji.cli.why import AtOption, show_why

app = typer.Typer(help="Tags: what is said about people.", no_args_is_help=True)
KINDS: tuple[Kind, ...] = ("tag", "segment")


@app.command("list")
def list_(data: DataOption = DEFAULT_DATA, workspace: WorkspaceOption = "default", as_json: JsonOption = False) -> None:
    """List the tags: whether they hold, and how many people have each."""
    definitions.show_all("tag", data, workspace, as_json=as_json)


@app.command()
def show(
    key: KeyArgument,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Show what a tag says, as sentences, and its versions."""
    definitions.show_one("tag", key, data, workspace, as_json=as_json)


@app.command()
def preview(
    file: FileArgument,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Look at what a tag would say, before it is written or published."""
    definitions.show_preview("tag", file, data, workspace, as_json=as_json)


@app.command()
def write(
    file: FileArgument,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Write a tag down, or change it. It holds once it is published."""
    definitions.write("tag", file, data, workspace, as_json=as_json)


@app.command()
def publish(
    key: KeyArgument,
    announce: AnnounceOption = False,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Let a tag hold as it is written, as its next version."""
    definitions.publish("tag", key, data, workspace, announce=announce, as_json=as_json)


@app.command()
def end(key: KeyArgument, data: DataOption = DEFAULT_DATA, workspace: WorkspaceOption = "default") -> None:
    """End a tag: nobody has it any more. Its history stays; a draft is forgotten."""
    definitions.end("tag", key, data, workspace)


@app.command()
def why(
    key: KeyArgument,
    who: Who,
    at: AtOption = "",
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Why somebody has a tag, or has it not: every condition, its events, and what would change it."""
    show_why("tag", key, who, at, data, workspace, as_json=as_json)


@app.command("import")
def import_(
    key: KeyArgument,
    file: Annotated[Path, typer.Argument(help="A CSV file; its first line is such as user_id,value.", exists=True)],
    announce: AnnounceOption = False,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Give people the values of an imported, manual or score tag that a file says; an empty one takes away."""
    from dataclasses import asdict

    from zuji.cli.tag_import import import_values

    with engine_of(data) as engine:
        done = import_values(engine, key, file, workspace, announce=announce)
    if as_json:
        print_json(asdict(done))
        return
    say(f"Gave {done.given:,} values of {key}.")
    if done.unknown:
        named = ", ".join(done.first_unknown)
        say(f"Nobody has {done.unknown:,} of the identifiers, which got nothing: {named}.")


@app.command()
def starter(
    publish: Annotated[bool, typer.Option("--publish", help="Write down and publish those that are missing.")] = False,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """List the tags and segments to start with, which work on the usual e-commerce events; or publish them."""
    from zuji.tag.starter_set import starter_set

    if publish:
        with engine_of(data) as engine:
            done = publish_starters(engine, workspace)
        print_json({"published": done}) if as_json else say(f"Published {len(done)}; the others were there already.")
        return
    if as_json:
        print_json({"definitions": [{"kind": one.kind, **one.document} for one in starter_set()]})
        return
    rows = [(one.kind, one.key, f"{one.name.en} · {one.name.zh}: {one.description.en}") for one in starter_set()]
    print_table("to start with", ("kind", "key", "meaning"), rows)


def publish_starters(engine: Engine, workspace: str) -> list[str]:
    """Those that were missing, each after what it names. What was published, or ended, may be somebody's own by now."""
    from zuji.tag.graph import in_force
    from zuji.tag.starter_set import starter_set

    states = {(kind, key): state for kind in KINDS for key, state in _states(engine, kind, workspace)}
    missing = [
        one for one in in_force(starter_set()).definitions if states.get((one.kind, one.key), "draft") == "draft"
    ]
    for one in missing:
        if (one.kind, one.key) not in states:
            engine.ask("POST", path_of(one.kind), query={"workspace": workspace}, body=dict(one.document))
        definitions.ask_to_publish(engine, one.kind, one.key, workspace, announce=False)
    return [f"{one.kind} {one.key}" for one in missing]


def _states(engine: Engine, kind: Kind, workspace: str) -> list[tuple[str, str]]:
    answer = engine.ask("GET", path_of(kind), query={"workspace": workspace})
    return [(one["key"], one["state"]) for one in answer[f"{kind}s"]]
