"""zuji import: a file into the spool, by a mapping; and zuji imports: what was imported, and taking it back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from zuji.cli.asking import (
    DEFAULT_DATA,
    DataOption,
    Engine,
    WorkspaceOption,
    engine_of,
    require_running,
    running_engine,
)
from zuji.cli.import_report import (
    NOT_YET,
    ImportReport,
    report_after,
    report_path,
    tried_with_report,
    write_report,
)
from zuji.cli.output import JsonOption, complain, err, print_facts, print_json, print_table, say, short_time
from zuji.terms.error import BadRequest

if TYPE_CHECKING:
    from zuji.collect.importing.record import Import, ImportLedger
    from zuji.collect.importing.run import Order, Tried
    from zuji.terms.source import Source

app = typer.Typer(help="Imports: list, report, undo.", no_args_is_help=True)
FileArgument = Annotated[Path, typer.Argument(help="The file to import.", exists=True, dir_okay=False)]


def import_(
    file: FileArgument,
    mapping: Annotated[Path | None, typer.Option(help="The mapping, TOML or JSON.", exists=True)] = None,
    source: Annotated[str, typer.Option(help="The source to import into; made when missing.")] = "",
    guess: Annotated[bool, typer.Option("--guess", help="Print a mapping to begin with, import nothing.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count and show, import nothing.")] = False,
    channel: Annotated[str, typer.Option(help="The channel of a source that is made.")] = "other",
    report: Annotated[
        Path | None, typer.Option(help="Write a report to this file, .html or .json; with --dry-run: beforehand.")
    ] = None,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Import a file, with or without a running server. After a kill the same command goes on where it was."""
    if guess:
        _guess(file, as_json=as_json)
        return
    if mapping is None:
        raise BadRequest(f"an import needs a mapping. Begin with: zuji import {file} --guess > mapping.toml")
    report = report_path(report)
    if dry_run:
        _try(file, mapping, source or file.name.split(".")[0], report, as_json=as_json)
        return
    with engine_of(data, missing="make") as engine:
        into, own = source_of(engine, source or file.name.split(".")[0], channel, data, workspace)
    done = _import(_order(file, mapping, into, own_source=own), data, as_json=as_json)
    if report is not None:
        write_report(_report_of(done, data), report)


@app.command("list")
def list_(data: DataOption = DEFAULT_DATA, workspace: WorkspaceOption = "default", as_json: JsonOption = False) -> None:
    """The imports of a workspace, newest first."""
    from zuji.collect.importing.record import ImportLedger

    imports = ImportLedger(data).all(workspace)
    if as_json:
        print_json({"imports": msgspec.to_builtins(imports)})
        return
    rows = [
        (one.id, one.state, one.source_name, one.rows, one.rejected, _moment(one.started_at), one.file)
        for one in imports
    ]
    print_table("Imports", ("id", "state", "source", "rows", "rejected", "began", "file"), rows)


@app.command()
def undo(
    import_id: Annotated[str, typer.Argument(help="The id of the import, as `zuji imports list` shows it.")],
    others: Annotated[
        str, typer.Option(help="Other imports into the same source: refuse, or undo them too.")
    ] = "refuse",
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Take an import back: its events go, its links no longer count, its ids are free again."""
    engine = require_running(data, to="taking an import back")
    answer = engine.ask("POST", f"/api/v1/imports/{import_id}/undo", query={"workspace": workspace, "others": others})
    if as_json:
        print_json(answer)
    else:
        say(f"Import {import_id} is undone; {answer['outcome'].get('superseded_links', 0)} links no longer count.")


@app.command("report")
def report_(
    import_id: Annotated[str, typer.Argument(help="The id of the import, as `zuji imports list` shows it.")],
    to: Annotated[Path | None, typer.Option(help="Write it to this file, .html or .json; else as JSON here.")] = None,
    data: DataOption = DEFAULT_DATA,
    workspace: WorkspaceOption = "default",
) -> None:
    """What became of an import: how much came in, how good it was, and what was wrong with it."""
    from zuji.collect.importing.record import ImportLedger

    path = report_path(to)
    found = _report_of(ImportLedger(data).get(workspace, import_id), data)
    if path is None:
        print_json(msgspec.to_builtins(found))
        return
    write_report(found, path)
    say(f"The report of import {import_id} is in {path}.")


def _report_of(one: Import, data: Path) -> ImportReport:
    from zuji.api.wire import iso

    ended = {} if one.ended_at is None else {"to": iso(one.ended_at)}
    query = {"workspace": one.workspace, "source": one.source, "from": iso(one.started_at), "limit": 100, **ended}
    running = running_engine(data)
    if running is not None:
        return report_after(one, running.ask("GET", "/api/v1/quality", query={**query, "fresh": "true"}), notes=())
    with engine_of(data) as engine:
        return report_after(one, engine.ask("GET", "/api/v1/quality", query=query), notes=(NOT_YET,))


def _guess(file: Path, *, as_json: bool) -> None:
    from zuji.collect.importing.guess import guess
    from zuji.collect.importing.mapping import document_of_mapping
    from zuji.collect.importing.toml_text import toml_of

    guessed = guess(file)
    if as_json:
        print_json({"mapping": document_of_mapping(guessed.mapping), "notes": guessed.notes})
    else:
        typer.echo(toml_of(guessed.mapping, notes=guessed.notes), nl=False)
        if guessed.mapping.time is None and "time" in guessed.notes:
            complain(f"{file}: {guessed.notes['time']}")  # the mapping itself is seldom on the screen


def _try(file: Path, mapping: Path, source: str, report: Path | None, *, as_json: bool) -> None:
    from zuji.cli.clock import now_ms
    from zuji.collect.importing.run import try_import
    from zuji.terms.source import Source

    order = _order(file, mapping, Source(id="", workspace="", name=source), own_source=True)
    if report is None:
        tried = try_import(order)
    else:
        tried, found = tried_with_report(order, now_ms=now_ms())
        write_report(found, report)
    if as_json:
        print_json({**tried._asdict(), "rejects": [bad._asdict() for bad in tried.rejects]})
    else:
        _show_trial(tried)


def _show_trial(tried: Tried) -> None:
    print_facts("Dry run: nothing was imported", {"rows": tried.rows, "messages": tried.sent, **_rejected(tried)})
    if tried.rejects:
        rows = [(bad.number, bad.reason, bad.detail) for bad in tried.rejects]
        print_table("The first rejects", ("row", "reason", "detail"), rows)
    say("The first messages:")
    print_json(tried.messages)


def _import(order: Order, data: Path, *, as_json: bool) -> Import:
    from zuji.collect.importing.record import ImportLedger

    done, ledger = imported(order, data), ImportLedger(data)
    if as_json:
        print_json({**msgspec.to_builtins(done), "rejects": _rejects_file(done, ledger)})
    else:
        _show_import(done, ledger)
    return done


def imported(order: Order, data: Path) -> Import:
    """Carry an import through, with a bar for who looks."""
    from zuji.cli.bounds import spool_limits
    from zuji.cli.clock import now_ms
    from zuji.collect.importing.record import ImportLedger
    from zuji.collect.importing.run import Effects, run_import
    from zuji.collect.importing.spooling import import_spool
    from zuji.settings import load_settings

    limits = spool_limits(load_settings(data, os.environ))
    with import_spool(data / "spool", limits) as spool, _progress(order.name) as told:
        return run_import(order, Effects(spool=spool, ledger=ImportLedger(data), now_ms=now_ms, told=told))


def _show_import(done: Import, ledger: ImportLedger) -> None:
    print_facts(
        f"Import {done.id}", {"source": done.source_name, "rows": done.rows, "sent": done.sent, **_rejected(done)}
    )
    if done.rejected:
        say(f"The rejects, to be mended and imported by the same mapping: {_rejects_file(done, ledger)}")


def _order(file: Path, mapping: Path, source: Source, *, own_source: bool) -> Order:
    from zuji.collect.importing.mapping import load_mapping
    from zuji.collect.importing.run import Order

    return Order(path=file, name=file.name, mapping=load_mapping(mapping), source=source, own_source=own_source)


def source_of(engine: Engine, name: str, channel: str, data: Path, workspace: str) -> tuple[Source, bool]:
    """The source by name or id, made when missing; and whether imports alone bring anything to it."""
    from zuji.collect.importing.record import ImportLedger
    from zuji.collect.importing.sources import source_for
    from zuji.terms.source import Source

    query = {"workspace": workspace}

    def read(told: dict[str, Any]) -> Source:
        fields = {key: told[key] for key in ("id", "name", "channel", "enabled", "settings")}
        return msgspec.convert({**fields, "workspace": workspace}, Source)

    def made(settings: Mapping[str, Any]) -> Source:
        body = {"name": name, "channel": channel, "settings": dict(settings)}
        return read(engine.ask("POST", "/api/v1/sources", query=query, body=body))

    sources = engine.ask("GET", "/api/v1/sources", query=query)["sources"]
    found = next((read(one) for one in sources if name in (one["name"], one["id"])), None)
    return source_for(name, found=found, make=made, ledger=ImportLedger(data), workspace=workspace)


@contextmanager
def _progress(name: str) -> Iterator[Callable[[Import], None]]:
    """A bar on standard error; nothing where nobody looks."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as bar:
        task = bar.add_task(name, total=None)

        def told(one: Import) -> None:
            bar.update(task, description=f"{name}  {one.rows:,} rows, {one.rejected:,} rejected")

        yield told


def _rejected(one: Import | Tried) -> dict[str, Any]:
    return {"rejected": one.rejected, **{f"  {reason}": count for reason, count in sorted(one.reasons.items())}}


def _rejects_file(one: Import, ledger: ImportLedger) -> str | None:
    return str(ledger.rejects(one.id)) if one.rejected else None


def _moment(at: int) -> str:
    from zuji.api.wire import iso

    return short_time(iso(at))
