"""zuji quarantine: what was rejected, why, and sending it through again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, WorkspaceOption, engine_of, require_running
from zuji.cli.output import JsonOption, print_facts, print_json, print_table, say, short_time
from zuji.terms.error import BadRequest

app = typer.Typer(help="Rejected events: list, show, repair, replay, expire.", no_args_is_help=True)
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
        f"Event {event}",
        {name: one[name] for name in ("received_at", "source", "protocol", "reason", "meaning", "detail")},
    )
    print_json(one["message"])


@app.command()
def groups(
    source: Annotated[str | None, typer.Option(help="Only this source's, by id.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only this reason.")] = None,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """What waits, grouped by cause, with one event of each group to look at."""
    query = {"workspace": workspace, "source": source, "reason": reason}
    with engine_of(data) as engine:
        found = engine.ask("GET", "/api/v1/quarantine/groups", query=query)
        sources = engine.ask("GET", "/api/v1/sources", query={"workspace": workspace})["sources"]
    if as_json:
        print_json(found)
        return
    names = {one["id"]: one["name"] for one in sources}
    rows = [
        (
            one["events"],
            one["sample"],
            names.get(one["source"], one["source"]),
            one["protocol"],
            short_time(one["first_at"]),
            short_time(one["last_at"]),
            one["reason"],
            one["cause"],
        )
        for one in found["groups"]
    ]
    columns = ("events", "such as", "source", "protocol", "first", "last", "reason", "cause")
    print_table("Waiting, by cause", columns, rows)


@app.command()
def repair(
    file: Annotated[Path | None, typer.Argument(help="The repair as JSON; without it events go as they are.")] = None,
    like: Annotated[int | None, typer.Option(help="All events of the group of this one, by its number.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Carry it out; without this it is only tried on a sample.")
    ] = False,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Mend all events of one cause and send them through again; tried on a sample until you say --yes."""
    query = {"workspace": workspace}
    engine = require_running(data, to="a repair")
    document = {} if file is None else _read(file)
    if like is not None:
        sample = engine.ask("GET", f"/api/v1/quarantine/{like}", query=query)
        document = {name: sample[name] for name in ("source", "reason", "protocol", "cause")} | document
    path = "/api/v1/quarantine/repairs" if yes else "/api/v1/quarantine/repairs/preview"
    answer = engine.ask("POST", path, query=query, body=document)
    if as_json:
        print_json(answer)
    elif yes:
        _say_repaired(answer["outcome"])
    else:
        _show_preview(answer)


def _say_repaired(outcome: dict[str, Any]) -> None:
    say(f"Repair {outcome['repair']}: {outcome['passed']} of {outcome['tried']} events went through.")
    print_table("Rejected again", ("reason", "events"), sorted(outcome["failures"].items()))


def _show_preview(preview: dict[str, Any]) -> None:
    for one in preview["events"]:
        how = "would pass" if one["passes"] else f"would be rejected: {one['reason']} {one['detail']}".rstrip()
        say(f"Event {one['id']} {how}")
        print_json({"before": one["before"], "after": one["after"]})
    say(f"{preview['passing']} of {preview['tried']} tried would pass. Add --yes to carry it out on all of them.")


@app.command()
def expire(
    days: Annotated[
        int | None, typer.Option(min=0, help="Older than so many days; else as the plan keeps them.")
    ] = None,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Give up what waits too long. The figures by day stay; the server does this by itself every hour."""
    engine = require_running(data, to="expiring")
    answer = engine.ask("POST", "/api/v1/quarantine/expire", query={"workspace": workspace}, body={"days": days})
    if as_json:
        print_json(answer)
        return
    say(f"{answer['outcome']['expired']} events were given up.")


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


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as mistake:
        raise BadRequest(f"{file} cannot be read as JSON: {mistake}.") from mistake
    if not isinstance(found, dict):
        raise BadRequest(f"{file} must hold a JSON object.")
    return found
