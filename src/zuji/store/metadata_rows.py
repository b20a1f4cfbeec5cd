"""How rows of the metadata database are read and changed: frozen values out, one transaction per change.

What rows there are is known to the doors that extend this: `metadata` (administration), `saved` (questions, dashboards,
alerts), `people_lists`. Several doors may stand beside each other on one database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec
from sqlalchemy import Engine, Select, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from zuji.store.metadata_migrations import migrate
from zuji.store.metadata_tables import Row
from zuji.terms.error import Busy, Conflict

Value = TypeVar("Value", bound=msgspec.Struct)

_UNDER_WAY: ContextVar[tuple[Engine, Session] | None] = ContextVar("under_way", default=None)
"""The transaction of `together` that this thread (or request) is in."""


class MetadataRows:
    """A door to the metadata database. Any thread may call it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, location: str | Path) -> Self:
        """Open a SQLite file (made when missing) or an SQLAlchemy URL, and bring its tables up to date."""
        url = str(location) if "://" in str(location) else f"sqlite:///{location}"
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
        try:
            migrate(engine)
        except DBAPIError as failure:
            engine.dispose()
            raise Busy(f"the metadata database cannot be opened: {failure.orig}.") from failure
        return cls(engine)

    @classmethod
    def beside(cls, other: MetadataRows) -> Self:
        """Another door to a database that is open already; closing one closes all."""
        return cls(other._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make what is changed inside, by any door to this database, one transaction: all of it happens, or nothing.

        So a change and its entry in the audit log never part. A Conflict raised inside has to leave the block.
        """
        with self._change() as session:
            before = _UNDER_WAY.set((self._engine, session))
            try:
                yield
            finally:
                _UNDER_WAY.reset(before)

    def _joined(self) -> Session | None:
        under_way = _UNDER_WAY.get()
        return under_way[1] if under_way is not None and under_way[0] is self._engine else None

    def _first(self, chosen: Select[Any], kind: type[Value]) -> Value | None:
        found = self._all(chosen.limit(1), kind)
        return found[0] if found else None

    def _all(self, chosen: Select[Any], kind: type[Value]) -> list[Value]:
        with self._reading() as session:
            return [_value(row, kind) for row in session.scalars(chosen)]

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        try:
            if joined := self._joined():
                yield joined
                return
            with Session(self._engine) as session:
                yield session
        except DBAPIError as failure:
            raise Busy(f"the metadata database could not be read: {failure.orig}.") from failure

    @contextmanager
    def _change(self, *, taken: str = "the metadata forbid this change.") -> Iterator[Session]:
        """One transaction, or a part of `together`. A broken uniqueness or reference becomes Conflict with `taken`."""
        try:
            if joined := self._joined():
                yield joined
                joined.flush()
                return
            with Session(self._engine) as session, session.begin():
                yield session
        except IntegrityError as failure:
            raise Conflict(taken) from failure
        except DBAPIError as failure:
            raise Busy(f"the metadata database could not be written: {failure.orig}.") from failure


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """SQLite checks references only when asked to, and waits for another process only as long as it is told."""
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def json_columns(columns: dict[str, Any]) -> dict[str, Any]:
    """Tuples as the lists that JSON columns take."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in columns.items()}


def _value(row: Row, kind: type[Value]) -> Value:
    return msgspec.convert({name: getattr(row, name) for name in kind.__struct_fields__}, kind)
