"""Bringing the metadata database up to date: Alembic, run from here, forward only, after a copy of a SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

MIGRATIONS = Path(__file__).parent / "migrations" / "meta"


def migrate(engine: Engine, *, up_to: str = "head") -> list[str]:
    """Apply what this database has not seen. Gives the revisions applied, in order."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        before = MigrationContext.configure(connection).get_current_revision()
    pending = [step.revision for step in scripts.iterate_revisions(up_to, before or "base")][::-1]
    if not pending:
        return []
    if before is not None and engine.dialect.name == "sqlite":
        _copy_before(engine, pending[0])
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, up_to)
    return pending


def _copy_before(engine: Engine, revision: str) -> None:
    """Keep the file as it was beside itself, named after the first revision that will change it."""
    file = Path(str(engine.url.database))
    with (
        closing(sqlite3.connect(file)) as source,
        closing(sqlite3.connect(file.with_suffix(f".before-{revision}.sqlite"))) as copy,
    ):
        source.backup(copy)
