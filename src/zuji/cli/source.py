"""zuji source: where events come from, and their write keys."""

from __future__ import annotations

from typing import Annotated

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, WorkspaceOption, engine_of
from zuji.cli.output import JsonOption, print_facts, print_json, print_table, say

app = typer.Typer(help="Sources and their write keys.", no_args_is_help=True)
SourceName = Annotated[str, typer.Argument(help="The source, by name or id.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="A name, unique in the workspace.")],
    channel: Annotated[str, typer.Option(help="Where it happens: web, app, mini_program, server, pos, ...")] = "web",
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Make a source. Prints its public write key and its secret key, which are shown this once."""
    with engine_of(data, missing="make") as engine:
        made = engine.ask(
            "POST", "/api/v1/sources", query={"workspace": workspace}, body={"name": name, "channel": channel}
        )
    if as_json:
        print_json(made)
        return
    facts = {"id": made["id"], "write key (pages, apps)": made["write_key"], "secret key (servers)": made["secret_key"]}
    print_facts(f"Source {name}", facts)
    say("Both keys are shown this once; zuji keeps only their fingerprints.")


@app.command("list")
def list_(data: DataOption = DEFAULT_DATA, workspace: WorkspaceOption = "default", as_json: JsonOption = False) -> None:
    """List the sources of a workspace."""
    with engine_of(data) as engine:
        answer = engine.ask("GET", "/api/v1/sources", query={"workspace": workspace})
    if as_json:
        print_json(answer)
        return
    rows = [
        (source["name"], source["id"], source["channel"], "yes" if source["enabled"] else "no")
        for source in answer["sources"]
    ]
    print_table("Sources", ("name", "id", "channel", "enabled"), rows)


@app.command()
def keys(
    name: SourceName,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """List the write keys of a source by their hints."""
    with engine_of(data) as engine:
        answer = engine.ask("GET", f"/api/v1/sources/{_path(name)}/keys", query={"workspace": workspace})
    if as_json:
        print_json(answer)
        return
    rows = [(key["id"], key["kind"], key["hint"], key["created_at"], key["revoked_at"]) for key in answer["keys"]]
    print_table(f"Keys of {name}", ("id", "kind", "hint", "created", "revoked"), rows)


@app.command()
def rotate(
    name: SourceName,
    kind: Annotated[str, typer.Option(help="Which kind of key: public or secret.")] = "public",
    keep_old: Annotated[bool, typer.Option("--keep-old", help="Let the former keys work on until revoked.")] = False,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Replace a write key. The new one is printed; the former ones stop working within 2 seconds."""
    body = {"kind": kind, "old": "keep" if keep_old else "revoke"}
    with engine_of(data) as engine:
        made = engine.ask(
            "POST", f"/api/v1/sources/{_path(name)}/keys/rotate", query={"workspace": workspace}, body=body
        )
    if as_json:
        print_json(made)
        return
    print_facts(f"New {kind} key of {name}", {"id": made["id"], "key": made["key"]})


@app.command()
def revoke(
    name: SourceName,
    key: Annotated[str, typer.Argument(help="The id of the key, as `zuji source keys` lists it.")],
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Make a write key worthless. The gateway refuses it within 2 seconds."""
    with engine_of(data) as engine:
        path = f"/api/v1/sources/{_path(name)}/keys/{_path(key)}"
        revoked = engine.ask("DELETE", path, query={"workspace": workspace})
    print_json(revoked) if as_json else say(f"Revoked {revoked['hint']}.")


def _path(part: str) -> str:
    from urllib.parse import quote

    return quote(part, safe="")
