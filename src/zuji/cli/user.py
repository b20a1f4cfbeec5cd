"""zuji user: who may sign in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, Engine, address_of, engine_of
from zuji.cli.output import JsonOption, print_facts, print_json, print_table, say, short_time
from zuji.terms.error import NotFound

app = typer.Typer(help="Users: who may sign in, and with which role.", no_args_is_help=True)
LoginArgument = Annotated[str, typer.Argument(help="The login, as `zuji user list` shows it.")]


@app.command("list")
def list_(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List who may sign in."""
    with engine_of(data) as engine:
        answer = engine.ask("GET", "/api/v1/users")
    if as_json:
        print_json(answer)
        return
    columns = ("login", "role", "state", "last seen", "name")
    print_table("Users", columns, [_row(user) for user in answer["users"]])


@app.command()
def invite(
    role: Annotated[str, typer.Option(help="owner, analyst, marketer, service, privacy_officer or viewer.")],
    workspace: Annotated[str | None, typer.Option(help="Only in this workspace; without it, in all.")] = None,
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Make a link with which somebody becomes a user. It is good once, for seven days."""
    with engine_of(data, missing="make") as engine:
        made = engine.ask("POST", "/api/v1/users/invitations", body={"role": role, "workspace": workspace})
    _show(f"Invitation for {role}, {workspace or 'all workspaces'}", made, data, as_json=as_json)


@app.command("reset-password")
def reset_password(login: LoginArgument, data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """Make a link with which a user sets a new password. It is good once, for seven days."""
    with engine_of(data) as engine:
        made = engine.ask("POST", f"/api/v1/users/{_id_of(engine, login)}/reset-link")
    _show(f"New password for {made['login']}", made, data, as_json=as_json)


@app.command()
def disable(login: LoginArgument, data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """Lock a user out, at once: sessions end, tokens stop working."""
    with engine_of(data) as engine:
        changed = engine.ask("PATCH", f"/api/v1/users/{_id_of(engine, login)}", body={"disabled": True})
    print_json(changed) if as_json else say(f"{changed['login']} may not sign in any more.")


def _id_of(engine: Engine, login: str) -> str:
    for user in engine.ask("GET", "/api/v1/users")["users"]:
        if user["login"] == login.strip().casefold():
            return str(user["id"])
    raise NotFound(f"nobody signs in as {login!r:.80}. `zuji user list` shows who does.")


def _show(title: str, made: dict[str, Any], data: Path, *, as_json: bool) -> None:
    """The link, with the address where the server of this folder listens or last listened."""
    link = address_of(data) + made["path"]
    if as_json:
        print_json({**made, "link": link})
        return
    print_facts(title, {"link": link, "expires": short_time(made["expires_at"])})
    say("The link is shown this once and is good once. · 链接只显示一次，仅可使用一次。")


def _row(user: dict[str, Any]) -> list[Any]:
    roles = ", ".join(f"{one['role']} in {one['workspace']}" for one in user["roles"])
    state = "disabled" if user["disabled"] else "active"
    return [user["login"], user["role"] or roles or "none", state, short_time(user["seen_at"]), user["name"]]
