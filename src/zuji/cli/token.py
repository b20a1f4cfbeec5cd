"""zuji token: who may ask."""

from __future__ import annotations

from typing import Annotated

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, engine_of
from zuji.cli.output import JsonOption, print_facts, print_json, print_table, say

app = typer.Typer(help="Tokens: who may ask, and what.", no_args_is_help=True)


@app.command()
def create(
    role: Annotated[str, typer.Option(help="owner, analyst, marketer, service, privacy_officer or viewer.")],
    name: Annotated[str, typer.Option(help="What the token is for.")] = "token",
    workspace: Annotated[str | None, typer.Option(help="Only for this workspace; without it, for all.")] = None,
    expires_in_days: Annotated[int | None, typer.Option(help="Worthless after so many days.")] = None,
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Make a token. It is printed this once."""
    body = {"role": role, "name": name, "workspace": workspace, "expires_in_days": expires_in_days}
    with engine_of(data, missing="make") as engine:
        made = engine.ask("POST", "/api/v1/tokens", body=body)
    if as_json:
        print_json(made)
        return
    scope = made["workspace"] or "all workspaces"
    print_facts(f"Token for {role}, {scope}", {"id": made["id"], "token": made["token"], "expires": made["expires_at"]})
    say("The token is shown this once; zuji keeps only its fingerprint.")


@app.command("list")
def list_(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List all tokens by their hints."""
    with engine_of(data) as engine:
        answer = engine.ask("GET", "/api/v1/tokens")
    if as_json:
        print_json(answer)
        return
    columns = ("id", "name", "role", "workspace", "hint", "created", "expires", "revoked", "last used")
    names = ("id", "name", "role", "workspace", "hint", "created_at", "expires_at", "revoked_at", "last_used_at")
    print_table("Tokens", columns, [[token[name] for name in names] for token in answer["tokens"]])


@app.command()
def revoke(
    token: Annotated[str, typer.Argument(help="The id of the token, as `zuji token list` shows it.")],
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Make a token worthless, at once."""
    with engine_of(data) as engine:
        revoked = engine.ask("DELETE", f"/api/v1/tokens/{token}")
    print_json(revoked) if as_json else say(f"Revoked {revoked['hint']}.")
