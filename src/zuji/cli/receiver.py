"""zuji receiver: who is told of alerts and alarms, by webhook or mail."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, WorkspaceOption, engine_of
from zuji.cli.output import JsonOption, print_facts, print_json, print_table, say, short_time
from zuji.terms.error import Busy

app = typer.Typer(help="Receivers: who is told of alerts and alarms.", no_args_is_help=True)
IdArgument = Annotated[str, typer.Argument(help="The id, as `zuji receiver list` shows it.", metavar="RECEIVER_ID")]
PATH = "/api/v1/receivers"


@app.command("list")
def list_(data: DataOption = DEFAULT_DATA, workspace: WorkspaceOption = "default", as_json: JsonOption = False) -> None:
    """List who is told, and how each stands."""
    with engine_of(data) as engine:
        told = engine.ask("GET", PATH, query={"workspace": workspace})
    if as_json:
        print_json(told)
        return
    columns = ("id", "name", "address", "alerts", "alarms", "sources", "state", "told last", "problem")
    print_table("Receivers", columns, [_row(one) for one in told["receivers"]])
    if not told["mail"]:
        say("Mail is off: set mail.host and mail.sender to turn it on.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    address: Annotated[str, typer.Argument(help="https://... or mailto:somebody@example.com.")],
    alarm: Annotated[list[str] | None, typer.Option(help="Only alarms with this code; may be repeated.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only alarms of this source; may be repeated.")] = None,
    per_hour: Annotated[int, typer.Option(help="At most so many messages an hour; the rest goes as one.")] = 12,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Tell somebody of what happens from now on."""
    body = {"name": name, "address": address, "alarms": alarm or None, "sources": source or None, "per_hour": per_hour}
    with engine_of(data) as engine:
        made = engine.ask("POST", PATH, query={"workspace": workspace}, body=body)
    if as_json:
        print_json(made)
        return
    facts = {"id": made["id"], "address": made["address"]}
    if made["secret"]:
        facts["secret"] = made["secret"]
    print_facts(f"Receiver {made['name']}", facts)
    if made["secret"]:
        say("The secret signs what is sent, and is shown this once. · 密钥用于签名，只显示一次。")


@app.command("test")
def send_test(
    receiver_id: IdArgument,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Send a test now, and say what came of it."""
    with engine_of(data) as engine:
        sent = engine.ask("POST", f"{PATH}/{receiver_id}/test", query={"workspace": workspace})
    if as_json:
        print_json(sent)
    elif sent["delivered"]:
        say(f"Delivered: {sent['answer']}.")
    if not sent["delivered"]:
        raise Busy(f"it did not arrive: {sent['answer']}")


@app.command()
def deliveries(
    receiver_id: IdArgument,
    limit: Annotated[int, typer.Option(min=1, max=200, help="At most so many.")] = 20,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """What a receiver was sent and did not take, newest first."""
    query = {"workspace": workspace, "limit": limit}
    with engine_of(data) as engine:
        told = engine.ask("GET", f"{PATH}/{receiver_id}/deliveries", query=query)
    if as_json:
        print_json(told)
        return
    rows = [
        (one["id"], short_time(one["at"]), one["state"], one["notices"], one["body"]["notices"][0]["said"],
         one["problem"])
        for one in told["deliveries"]
    ]  # fmt: skip
    print_table("Deliveries", ("id", "at", "state", "notices", "said first", "problem"), rows)


@app.command()
def delete(receiver_id: IdArgument, data: DataOption = DEFAULT_DATA, workspace: WorkspaceOption = "default") -> None:
    """Tell a receiver no more."""
    with engine_of(data) as engine:
        engine.ask("DELETE", f"{PATH}/{receiver_id}", query={"workspace": workspace})
    say("It is told no more.")


def _row(one: dict[str, Any]) -> list[Any]:
    chosen = [
        "all" if one[what] is None else ", ".join(one[what]) or "none" for what in ("alerts", "alarms", "sources")
    ]
    last = short_time(one["delivered_at"]) if one["delivered_at"] else "never"
    return [one["id"], one["name"], one["address"], *chosen, one["state"], last, one["problem"]]
