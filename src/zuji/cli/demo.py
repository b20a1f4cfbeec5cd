"""zuji demo: a simulated shop with known truth, going on live; and how much of that truth was recovered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zuji.cli.asking import DataOption
from zuji.cli.output import JsonOption

DEMO_DATA = Path("zuji-demo")
"""Apart from real data: a demo folder may be thrown away."""


def demo(
    data: DataOption = DEMO_DATA,
    host: Annotated[str | None, typer.Option(help="The address a new server listens on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port of a new server.")] = None,
    people: Annotated[int, typer.Option(help="How many people live in the demo.")] = 2_000,
    days: Annotated[int, typer.Option(help="How many days of history to load.")] = 90,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 7,
    rate: Annotated[float, typer.Option(help="Live messages a second afterwards; 0 for none.")] = 5.0,
    check: Annotated[
        bool, typer.Option("--check", help="Print how much of the truth was recovered, then end.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Load a shop's history through the real gateway and keep it alive. Starts a server when none runs there."""
    from zuji.cli.demo_run import Wish, run_demo  # late: the demo's libraries are nothing to other commands

    wish = Wish(data, host, port, people, days, seed, rate, check, as_json)
    raise typer.Exit(run_demo(wish))
