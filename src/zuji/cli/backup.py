"""zuji backup and zuji restore: the whole data folder at one moment, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zuji.cli.asking import DEFAULT_DATA, DataOption, running_engine
from zuji.cli.output import JsonOption, print_facts, print_json

Target = Annotated[Path, typer.Argument(help="The folder of the backup. It must not exist yet.")]


def backup(target: Target, data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """Copy everything at one moment. A running server pauses taking in for it and goes on collecting."""
    engine = running_engine(data)
    if engine is not None:
        manifest = engine.ask("POST", "/api/v1/backup", body={"target": str(target.absolute())})
    else:
        from zuji.cli.at_rest import backup_at_rest

        manifest = backup_at_rest(data, target.absolute())
    print_json(manifest) if as_json else print_facts(f"Backup in {target}", manifest)


def restore(
    backup: Annotated[Path, typer.Argument(help="The folder of a backup.", exists=True, file_okay=False)],
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Bring a backup back into an empty data folder, checking every file."""
    from zuji.cli.at_rest import restore_at_rest

    manifest = restore_at_rest(backup, data)
    print_json(manifest) if as_json else print_facts(f"Restored into {data}", manifest)
