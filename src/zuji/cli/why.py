"""zuji tag why, zuji segment why: the conditions behind somebody's tag, their events, and what would change it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from zuji.cli.asking import engine_of
from zuji.cli.definitions import Kind
from zuji.cli.output import print_facts, print_json, print_table, say, short_time
from zuji.cli.profile import shown

AtOption = Annotated[str, typer.Option(help="As of this moment instead of now, such as 2026-11-21T08:00:00+08:00.")]
Reason = dict[str, Any]


def show_why(kind: Kind, key: str, who: str, at: str, data: Path, workspace: str, *, as_json: bool) -> None:
    """What a tag or segment says of one person, and why; worked out from history."""
    with engine_of(data) as engine:
        query = {"workspace": workspace, "kind": kind, "key": key, "at": at or None}
        found = engine.ask("GET", f"/api/v1/profiles/{quote(who, safe='')}/why", query=query)
    if as_json:
        print_json(found)
        return
    says = found["sentence"] or {"en": "", "zh": ""}
    facts = {"value": _value(kind, found["value"]), "as of": short_time(found["at"]), "version": found["version"]}
    print_facts(f"{key} of {who}", {**facts, "says": says["en"], "说": says["zh"]})
    if given := found["given"]:
        until = "for good" if given["until"] is None else short_time(given["until"])
        of = f"{given['who']['type']}:{given['who']['value']}"
        print_facts("given", {"by": given["by"], "at": short_time(given["at"]), "of": of, "until": until})
        return
    reasons: list[Reason] = found["reasons"]
    if not reasons:
        say("Nothing was heard of them by then that rules look at, so no rule is asked of them.")
        return
    columns = ("", "case", "holds", "found", "what would change it", "condition")
    print_table("conditions", columns, [_condition(place, one) for place, one in enumerate(reasons, start=1)])
    behind = [
        (place, short_time(event["at"]), event["event"], event["event_id"])
        for place, one in enumerate(reasons, start=1)
        for event in one["events"]
    ]
    print_table("newest events behind them", ("condition", "occurred", "event", "id"), behind)


def _value(kind: Kind, value: Any) -> str:
    if kind == "segment":
        return "in it" if value else "not in it"
    return "none" if value is None else shown(value)


def _condition(place: int, reason: Reason) -> tuple[Any, ...]:
    holds = {True: "yes", False: "no", None: ""}[reason["passed"]]
    figure = "" if reason["figure"] is None else shown(reason["figure"])
    turns = "; ".join(_turn(one, holds_now=reason["passed"] is True) for one in reason["changes"])
    return (place, reason["case"] + 1, holds, figure, turns, reason["sentence"]["en"])


def _turn(change: dict[str, Any], *, holds_now: bool) -> str:
    """One thing that would turn a condition round, in words.

    >>> _turn({"kind": "more", "amount": 2.0, "at": None}, holds_now=False)
    '2 more'
    >>> _turn({"kind": "at", "amount": None, "at": "2026-11-21T08:30:00.250Z"}, holds_now=True)
    'holds until 2026-11-21 08:30:00'
    """
    match change["kind"]:
        case "more":
            return f"{shown(change['amount'])} more" + (" would end it" if holds_now else "")
        case "at":
            return f"holds {'until' if holds_now else 'from'} {short_time(change['at'])}"
        case _:
            return f"the oldest event counted leaves at {short_time(change['at'])}"
