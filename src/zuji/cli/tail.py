"""zuji tail: live events, with what each stage did to them."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from rich.text import Text

from zuji.cli.asking import DEFAULT_DATA, DataOption, WorkspaceOption, require_running
from zuji.cli.output import JsonOption, out, say

STYLES = {"stored": "green", "quarantined": "red", "duplicate": "yellow", "refused": "magenta"}


def tail(
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    last: Annotated[int, typer.Option(help="Begin with so many of the newest that passed already.", min=0)] = 10,
    count: Annotated[int, typer.Option(help="Stop after so many events; 0 goes on until Ctrl-C.", min=0)] = 0,
    as_json: JsonOption = False,
) -> None:
    """Watch events pass, and what each stage did to them. With --json: one JSON document per line."""
    engine = require_running(data, to="watching events")
    if not as_json:
        say("Waiting for events. Ctrl-C ends.")
    shown, after, wait_s = 0, 0, 0
    while True:
        page = engine.ask("GET", "/api/v1/tail", query={"workspace": workspace, "after": after, "wait_s": wait_s})
        begun = wait_s > 0
        events = page["events"] if begun else page["events"][-last:] if last else []
        after, wait_s = page["next"], 20
        for event in events:
            _show(event, as_json=as_json)
            shown += 1
            if shown == count:
                return


def _show(event: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        return
    line = Text()
    line.append(event["received_at"][11:23] + " ", style="dim")
    line.append(f"{event['outcome']:<12}", style=STYLES.get(event["outcome"], ""))
    line.append(f"{event['type']:<9} {event['event'] or '-'}  ", style="bold")
    line.append(f"[{event['source']}]  ", style="dim")
    line.append(" · ".join(f"{stage}: {did}" for stage, did in event["stages"].items()))
    out.print(line, soft_wrap=True)
