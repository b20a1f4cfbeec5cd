"""zuji quality: how good what arrived is, by source, and what is wrong with it; rows to judge, and what people say."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, Engine, WorkspaceOption, engine_of
from zuji.cli.output import JsonOption, print_json, print_table, say, short_time
from zuji.terms.error import NotFound

app = typer.Typer(help="Quality: the index (shown unless told otherwise), rows to judge, verdicts on them.")
MOST_DRAWN = 200
STANDS = ("automatic", "corrected", "low", "high", "needed")
SourceOption = Annotated[str | None, typer.Option(help="Only this source's, by id.")]
SeedOption = Annotated[int, typer.Option(min=0, help="The same seed draws the same rows.")]
DaysOption = Annotated[int, typer.Option(min=1, max=400, help="Of rows received on the last so many days.")]

BROKEN = frozenset({"type_changed", "property_vanished", "event_silent"})
"""Changes in what a source sends that mean that it broke; what is merely new stands in `zuji plan`."""


@app.callback(invoke_without_command=True)
@app.command("show")
def show(
    context: typer.Context,
    source: SourceOption = None,
    since: Annotated[str | None, typer.Option("--from", help="From this day on, such as 2026-11-01.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Up to this day.")] = None,
    daily: Annotated[bool, typer.Option("--daily", help="Also by day.")] = False,
    events: Annotated[bool, typer.Option("--events", help="Also by event.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many causes.")] = 20,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """The quality index from 0 to 100 of each source, what it is made of, what broke, and the worst offenders."""
    if context.invoked_subcommand is not None:
        return
    query = {"workspace": workspace, "source": source, "from": since, "to": until, "limit": limit}
    with engine_of(data) as engine:
        told = engine.ask("GET", "/api/v1/quality", query=query)
        sources = engine.ask("GET", "/api/v1/sources", query={"workspace": workspace})["sources"]
        noticed = {"workspace": workspace, "from": since, "limit": 1000}
        changes_of_plan = engine.ask("GET", "/api/v1/plan/changes", query=noticed)["changes"]
    broken = [one for one in changes_of_plan if one["kind"] in BROKEN and source in (None, one["source"])]
    if as_json:
        print_json({**told, "broken": broken})
        return
    names = {one["id"]: one["name"] for one in sources}
    dimensions = list(told["weights"])
    rows = [("all", *_scores(told, dimensions))] if len(told["sources"]) != 1 else []
    rows += [(names.get(one["source"], one["source"]), *_scores(one, dimensions)) for one in told["sources"]]
    print_table("Quality, 0 to 100", ("source", "index", *dimensions), rows)
    for name, one in [("all", told), *((names.get(one["source"], one["source"]), one) for one in told["sources"])]:
        if one["corrected"] is not None and (name != "all" or len(told["sources"]) > 1):
            say(_corrected(name, one))
    if events:
        by_event = [(one["event"], names.get(one["source"]), *_scores(one, dimensions)) for one in told["events"]]
        print_table("By event", ("event", "source", "index", *dimensions), by_event)
    if daily:
        by_day = [(one["day"], names.get(one["source"]), *_scores(one, dimensions)) for one in told["days"]]
        print_table("By day of receipt", ("day", "source", "index", *dimensions), by_day)
    changes = [
        (one["since"], names.get(one["source"]), one["dimension"], one["before"], one["after"], _said(one["cause"]))
        for one in told["changes"]
    ]
    if changes:
        print_table("Changes", ("since", "source", "dimension", "from", "to", "cause"), changes)
    if broken:
        parts = ("event", "property", "kind", "detail", "example", "at")
        rows_broken = [(names.get(one["source"], one["source"]), *(one[name] for name in parts)) for one in broken]
        print_table("What broke", ("source", "event", "property", "what", "how", "such as", "noticed"), rows_broken)
    told_of = ("dimension", "cause", "event", "property", "last_day", "example")
    causes = [(one["found"], names.get(one["source"]), *(one[name] for name in told_of)) for one in told["causes"]]
    columns = ("found", "source", "dimension", "cause", "event", "property", "last", "such as")
    print_table("Worst offenders", columns, causes)


@app.command()
def sample(
    size: Annotated[int, typer.Option(min=3, max=MOST_DRAWN, help="How many rows.")] = 30,
    seed: SeedOption = 1,
    days: DaysOption = 30,
    source: SourceOption = None,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Rows for people to judge, drawn towards those with high risk and high value; and how far the judging is."""
    query = {"workspace": workspace, "source": source, "days": days}
    with engine_of(data) as engine:
        told = engine.ask("GET", "/api/v1/quality/sample", query={**query, "size": size, "seed": seed})
        sources = engine.ask("GET", "/api/v1/sources", query={"workspace": workspace})["sources"]
        stands = engine.ask("GET", "/api/v1/quality/verdicts", query=query)
    if as_json:
        print_json({**told, "needed": stands["needed"], "strata": stands["strata"]})
        return
    names = {one["id"]: one["name"] for one in sources}
    rows = [
        (
            one["event_id"],
            one["verdict"]["verdict"] if one["verdict"] else "-",
            one["stratum"],
            names.get(one["source"], one["source"]),
            short_time(one["occurred_at"]),
            one["event"] or one["type"],
            f"{one['amount']} {one['currency']}".strip() if one["amount"] else "-",
            ", ".join(f"{value['field']} was {value['before']!r}" for value in one["mended"]) or "-",
            one["flag_reason"] or "-",
        )
        for one in told["events"]
    ]
    columns = ("id", "verdict", "drawn as", "source", "happened", "event", "worth", "mended", "doubted for")
    print_table("Rows to judge", columns, rows)
    judged = sum(one["verdict"] is not None for one in told["events"])
    say(f"{judged} of {len(rows)} judged. Say what arrived is right or wrong: zuji quality verdict ID right")
    say(_still_needed(stands["needed"]))


@app.command()
def verdict(
    event_id: Annotated[str, typer.Argument(help="The id of the row, as `zuji quality sample` shows it.")],
    said: Annotated[
        Literal["right", "wrong", "unsure", "back"],
        typer.Argument(help="What arrived is right, wrong, nobody can say (unsure); or take back what was said."),
    ],
    field: Annotated[list[str] | None, typer.Option(help="A field that is wrong; as often as needed.")] = None,
    note: Annotated[str, typer.Option(help="What somebody should know about it.")] = "",
    seed: SeedOption = 1,
    days: DaysOption = 30,
    source: SourceOption = None,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Say whether a row of the sample is right. The newest verdict on a row holds."""
    query = {"workspace": workspace, "source": source, "days": days}
    with engine_of(data) as engine:
        row = _drawn(engine, event_id, {**query, "seed": seed})
        named = {"workspace": workspace, "source": row["source"], "event_id": event_id}
        if said == "back":
            engine.ask("DELETE", "/api/v1/quality/verdicts", query=named)
            kept = None
        else:
            known = {name: row[name] for name in ("source", "event_id", "stratum", "held_wrong", "received_at")}
            body = {**known, "verdict": said, "fields": field or [], "note": note}
            kept = engine.ask("POST", "/api/v1/quality/verdicts", query={"workspace": workspace}, body=body)
        stands = engine.ask("GET", "/api/v1/quality/verdicts", query=query)
    if as_json:
        print_json({"verdict": kept, **{name: stands[name] for name in STANDS}})
        return
    say(f"{event_id} is {said}." if kept else f"Nothing is said of {event_id} any more.")
    say(_still_needed(stands["needed"]))


def _drawn(engine: Engine, event_id: str, query: dict[str, Any]) -> dict[str, Any]:
    """Only rows that were drawn are judged: of rows that somebody picked nothing could be concluded about others."""
    # The largest sample of a seed begins with every smaller one, and new events do not push a row out of it at once.
    told = engine.ask("GET", "/api/v1/quality/sample", query={**query, "size": MOST_DRAWN})
    found: dict[str, Any] | None = next((one for one in told["events"] if one["event_id"] == event_id), None)
    if found is None:
        raise NotFound(
            f"the event {event_id} is not in the sample of seed {query['seed']}. Only rows that were drawn are judged:"
            f" `zuji quality sample --seed {query['seed']}` lists them."
        )
    return found


def _still_needed(verdicts: int) -> str:
    if verdicts:
        return f"{verdicts} more verdicts, and they correct accuracy and the index."
    return "There are verdicts enough: they correct accuracy and the index (zuji quality)."


def _corrected(name: str, told: dict[str, Any]) -> str:
    by, accuracy = told["corrected"], told["dimensions"]["accuracy"]["score"]
    return (
        f"{name}: corrected by {by['verdicts']} verdicts: accuracy {accuracy:.2f} instead of {by['automatic']:.2f}"
        f" (95 %: {by['low']:.2f} to {by['high']:.2f}), index {told['index']:.2f} instead of"
        f" {by['index_automatic']:.2f} ({by['index_low']:.2f} to {by['index_high']:.2f})"
    )


def _said(cause: dict[str, Any] | None) -> str:
    return "-" if cause is None else " ".join(cause[name] for name in ("cause", "event", "property") if cause[name])


def _scores(told: dict[str, Any], dimensions: list[str]) -> list[str]:
    scores = [told["index"], *(told["dimensions"][name]["score"] for name in dimensions)]
    return ["-" if one is None else f"{one:.2f}" for one in scores]
