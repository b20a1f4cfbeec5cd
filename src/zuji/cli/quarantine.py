"""zuji quarantine: what was rejected, why, and sending it through again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, WorkspaceOption, engine_of, require_running
from zuji.cli.output import JsonOption, print_facts, print_json, print_table, say, short_time
from zuji.terms.error import BadRequest

app = typer.Typer(help="Rejected events: list, show, replay.", no_args_is_help=True)
EventId = Annotated[int, typer.Argument(help="The number of the event, as `zuji quarantine list` shows it.")]


@app.command("list")
def list_(
    reason: Annotated[str | None, typer.Option(help="Only this reason.")] = None,
    source: Annotated[str | None, typer.Option(help="Only this source's, by id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """How many wait for each reason, and the newest of them."""
    query = {"workspace": workspace, "reason": reason, "source": source, "limit": limit}
    with engine_of(data) as engine:
        counts = engine.ask("GET", "/api/v1/quarantine/reasons", query={"workspace": workspace})
        page = engine.ask("GET", "/api/v1/quarantine", query=query)
        sources = engine.ask("GET", "/api/v1/sources", query={"workspace": workspace})["sources"]
    if as_json:
        print_json({"total": counts["total"], "reasons": counts["reasons"], **page})
        return
    rows = [(name, count, counts["meanings"].get(name)) for name, count in sorted(counts["reasons"].items())]
    print_table("Waiting, per reason", ("reason", "events", "meaning"), rows)
    names = {one["id"]: one["name"] for one in sources}
    newest = [
        (one["id"], short_time(one["received_at"]), names.get(one["source"]), one["reason"], one["detail"])
        for one in page["quarantined"]
    ]
    print_table("Newest", ("id", "received", "source", "reason", "detail"), newest)


@app.command()
def show(
    event: EventId,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """One rejected event, whole."""
    with engine_of(data) as engine:
        one = engine.ask("GET", f"/api/v1/quarantine/{event}", query={"workspace": workspace})
    if as_json:
        print_json(one)
        return
    print_facts(
        f"Event {event}", {name: one[name] for name in ("received_at", "source", "reason", "meaning", "detail")}
    )
    print_json(one["message"])


@app.command()
def replay(
    event: EventId,
    message: Annotated[Path | None, typer.Option(help="A file with the repaired message, as JSON.")] = None,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Send one rejected event through all stages again, as it is or repaired."""
    body = None if message is None else {"message": _read(message)}
    engine = require_running(data, to="a replay")
    answer = engine.ask("POST", f"/api/v1/quarantine/{event}/replay", query={"workspace": workspace}, body=body)
    if as_json:
        print_json(answer)
        return
    outcome = answer["outcome"]
    if outcome.get("replayed"):
        say(f"Event {event} went through.")
    else:
        say(f"Event {event} was rejected again: {outcome.get('reason')} {outcome.get('detail', '')}".rstrip())


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as mistake:
        raise BadRequest(f"{file} holds no JSON message: {mistake}.") from mistake
