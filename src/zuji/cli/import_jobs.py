"""zuji imports run: the imports that the operator has set up in `imports.toml`, once or again and again."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec
import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, engine_of
from zuji.cli.import_ import imported, source_of
from zuji.cli.output import JsonOption, complain, print_json, print_table
from zuji.terms.error import Busy, ZujiError

if TYPE_CHECKING:
    from zuji.collect.importing.jobs import Job
    from zuji.collect.importing.record import Import

SETTLED_S = 5.0
"""A file that was written to within this time may still be growing."""


class Failed(NamedTuple):
    """What did not come in: the import, its file if it was one, and why."""

    name: str
    file: str
    problem: str


def run(
    name: Annotated[str, typer.Argument(help="The import, by its name in imports.toml; all when left out.")] = "",
    every: Annotated[int, typer.Option(help="Look again after so many seconds; 0 runs once.", min=0)] = 0,
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Import what the folders and queries of imports.toml have that is new."""
    from zuji.collect.importing.jobs import load_jobs

    while True:
        done: list[Import] = []
        failed: list[Failed] = []
        for job in load_jobs(data, name=name):
            _run(job, data, done, failed)
        if as_json:
            print_json({"imports": msgspec.to_builtins(done), "failed": [one._asdict() for one in failed]})
        elif done or not (every or failed):
            rows = [(one.id, one.source_name, one.sent, one.rejected, one.file) for one in done]
            print_table("Imported", ("id", "source", "sent", "rejected", "file"), rows)
        if not every:
            raise typer.Exit(1 if failed else 0)
        time.sleep(every)


def _run(job: Job, data: Path, done: list[Import], failed: list[Failed]) -> None:
    """Import what a job has that is new. A file that fails is told, tried again next time, and stops no other file."""

    def tell(file: str, failure: Exception) -> None:
        complain(": ".join(part for part in (job.name, file, str(failure)) if part))
        failed.append(Failed(job.name, file, str(failure)))

    try:
        with _files(job) as files:
            for file in files:
                try:
                    one = _import(job, file, data)
                except (ZujiError, OSError) as failure:
                    if isinstance(failure, Busy):
                        raise  # so would be the next file, after minutes of waiting
                    tell(file.name, failure)
                else:
                    done += [] if one is None else [one]
    except (ZujiError, OSError) as failure:
        tell("", failure)


@contextmanager
def _files(job: Job) -> Iterator[list[Path]]:
    if job.folder:
        settled = time.time() - SETTLED_S
        found = sorted(path for path in Path(job.folder).glob(job.pattern) if path.is_file())
        yield [path for path in found if path.stat().st_mtime <= settled]
        return
    from zuji.collect.importing.query import write_rows

    with tempfile.TemporaryDirectory(prefix="zuji-query-") as folder:
        file = Path(folder) / f"{job.name}.csv"
        write_rows(job.url, job.query, file)
        yield [file]


def _import(job: Job, file: Path, data: Path) -> Import | None:
    """Import one file; None when it is in already."""
    from zuji.collect.importing.mapping import load_mapping
    from zuji.collect.importing.record import ImportLedger
    from zuji.collect.importing.run import Order, id_of

    mapping = load_mapping(data / job.mapping)
    with engine_of(data, missing="make") as engine:
        source, own = source_of(engine, job.source, job.channel, data, job.workspace)
    order = Order(path=file, name=file.name, mapping=mapping, source=source, own_source=own)
    before = ImportLedger(data).find(job.workspace, id_of(order))
    if before is not None and before.state in ("done", "undone"):
        return None
    return imported(order, data)
