"""zuji profile: who a customer is, why we think so, and putting it right."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, WorkspaceOption, engine_of, require_running
from zuji.cli.output import JsonOption, print_facts, print_json, print_table, say, short_time
from zuji.terms.error import BadRequest

app = typer.Typer(help="Profiles: show, explain, merge, split.", no_args_is_help=True)
Who = Annotated[str, typer.Argument(help="TYPE:VALUE, such as user_id:u-1042 or phone:+8613812348000; or profile:ID.")]
Why = Annotated[str, typer.Option(help="Why, for the log.")]


@app.command()
def show(
    who: Who,
    events: Annotated[int, typer.Option(help="How many of the newest events to show.", min=0, max=1000)] = 10,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """One customer: identifiers, traits, tags, segments, consent, newest events."""
    query = {"workspace": workspace}
    path = f"/api/v1/profiles/{_path(who)}"
    with engine_of(data) as engine:
        profile = engine.ask("GET", path, query=query)
        if events:
            profile["timeline"] = engine.ask("GET", f"{path}/timeline", query=query | {"limit": events})["events"]
    if as_json:
        print_json(profile)
        return
    print_facts(f"Profile {profile['id']}", {"identified": "yes" if profile["identified"] else "no"})
    columns = ("type", "value", "first seen", "last linked")
    held = [
        (one["type"], one["value"], short_time(one["first_seen"]), short_time(one["last_linked"]))
        for one in profile["identifiers"]
    ]
    print_table("Identifiers", columns, held)
    print_table("Traits", ("name", "value"), sorted(profile["traits"].items()))
    tags = [(key, shown(one["value"]), short_time(one["since"])) for key, one in profile["tags"].items()]
    print_table("Tags", ("key", "value", "since"), tags)
    if profile["segments"]:
        say("Segments: " + ", ".join(profile["segments"]))
    consent = [
        (purpose, "granted" if one["granted"] else "withheld", short_time(one["since"]), one["source"] or "")
        for purpose, one in profile["consent"].items()
    ]
    print_table("Consent", ("purpose", "answer", "since", "source"), consent)
    rows = [
        (short_time(one["occurred_at"]), one["type"], one["channel"], one["event"])
        for one in profile.get("timeline", [])
    ]
    print_table("Newest events", ("occurred", "type", "channel", "event"), rows)


@app.command()
def explain(
    one: Who,
    other: Who,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Why two identifiers belong to one person, or why not."""
    query = {"workspace": workspace, "a": one, "b": other}
    with engine_of(data) as engine:
        answer = engine.ask("GET", "/api/v1/identity/explain", query=query)
    if as_json:
        print_json(answer)
        return
    say(f"{one} and {other}: " + ("one person" if answer["same_profile"] else "not one person"))
    columns = ("from", "to", "rule", "at", "source", "key", "event")
    print_table("Evidence", columns, [_step(step) for step in answer["path"]])
    refused = [[*_step(step), step["refusal"]] for step in answer["refused"]]
    if refused:
        print_table("Refused", (*columns, "because"), refused)


@app.command()
def merge(
    one: Who,
    other: Who,
    why: Why = "",
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Say that two profiles are one person. Undone by a split."""
    body = {"a": _identifier(one), "b": _identifier(other), "why": why}
    answer = require_running(data, to="a merge").ask(
        "POST", "/api/v1/identity/merge", query={"workspace": workspace}, body=body
    )
    print_json(answer) if as_json else print_facts("Merged", answer["outcome"])


@app.command()
def split(
    who: Who,
    leaving: Annotated[list[str], typer.Argument(help="The identifiers that leave, each TYPE:VALUE.")],
    why: Why = "",
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Say that these identifiers are not this person's. They stay apart until the split is lifted."""
    body = {"profile": _identifier(who), "leaving": [_identifier(one) for one in leaving], "why": why}
    answer = require_running(data, to="a split").ask(
        "POST", "/api/v1/identity/split", query={"workspace": workspace}, body=body
    )
    print_json(answer) if as_json else print_facts("Split", answer["outcome"])


def shown(value: Any) -> str:
    """A tag's value as people read it."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return "yes" if value is True else str(value)


def _identifier(text: str) -> dict[str, Any]:
    kind, colon, value = text.partition(":")
    if not colon or not kind or not value:
        raise BadRequest(f"{text!r} is no identifier. Write TYPE:VALUE, such as user_id:u-1042.")
    return {"type": kind, "value": value}


def _step(step: dict[str, Any]) -> list[Any]:
    ends = [f"{step[end]['type']}:{step[end]['value']}" for end in ("a", "b")]
    return [*ends, *(step[name] for name in ("rule", "at", "source", "key", "event_id"))]


def _path(who: str) -> str:
    identifier = _identifier(who)
    return f"{quote(identifier['type'], safe='')}:{quote(identifier['value'], safe='')}"
