"""Imports on record: what was imported from where by which mapping, how far it has come and what came of it.

A folder for each import, named by its id: `import.json`, and `rejects.csv` when there are any. The id follows from the
file's bytes, the mapping, the workspace and the source: the same import again is the same record.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

import msgspec

from zuji.collect.importing.mapping import Mapping, document_of_mapping
from zuji.terms.error import Conflict, NotFound

State = Literal["running", "done", "failed", "cancelled", "undone"]
FOLDER = "imports"
CHECK_FILE = "check.json"


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """One import. `through` is the last row of the file that is surely in the spool or among the rejects.

    `rows` = `sent` + `rejected`. `own_source`: the source was made for imports, so that undoing them cannot take
    anything else away. Times are milliseconds since 1970.
    """

    id: str
    workspace: str
    source: str
    source_name: str
    file: str
    fingerprint: str
    mapping: dict[str, Any]
    own_source: bool
    started_at: int
    state: State = "running"
    ended_at: int | None = None
    through: int = 0
    rows: int = 0
    sent: int = 0
    rejected: int = 0
    reasons: dict[str, int] = msgspec.field(default_factory=dict)
    rejects_bytes: int = 0
    problem: str = ""

    def changed(self, **fields: Any) -> Import:
        """The same import, further on."""
        return msgspec.structs.replace(self, **fields)


def import_id(*, workspace: str, source: str, fingerprint: str, mapping: Mapping) -> str:
    """The name of an import."""
    said = msgspec.json.encode([workspace, source, fingerprint, document_of_mapping(mapping)], order="deterministic")
    return blake2b(said, digest_size=8).hexdigest()


class ImportLedger:
    """All imports of a data folder."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def find(self, workspace: str, import_id: str) -> Import | None:
        """One import, if there is such a one."""
        if not import_id.isalnum():
            return None
        with contextlib.suppress(FileNotFoundError):
            found = msgspec.json.decode((self._folder / import_id / "import.json").read_bytes(), type=Import)
            return found if found.workspace == workspace else None
        return None

    def get(self, workspace: str, import_id: str) -> Import:
        """One import. Raises NotFound."""
        found = self.find(workspace, import_id)
        if found is None:
            raise NotFound(f"there is no import {import_id!r:.80} in this workspace. `zuji imports list` shows them.")
        return found

    def all(self, workspace: str) -> list[Import]:
        """The imports of a workspace, newest first."""
        names = [path.name for path in self._folder.iterdir()] if self._folder.exists() else []
        found = [one for name in names if (one := self.find(workspace, name)) is not None]
        return sorted(found, key=lambda one: (one.started_at, one.id), reverse=True)

    def save(self, one: Import) -> None:
        """Write an import down, whole or not at all."""
        folder = self._folder / one.id
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f"import.json.{os.getpid()}"
        beside.write_bytes(msgspec.json.encode(one))
        beside.replace(folder / "import.json")

    def rejects(self, import_id: str) -> Path:
        """Where the rejects of an import are, if it has any."""
        return self._folder / import_id / "rejects.csv"

    def note_check(self, import_id: str, told: AnyMapping[str, Any]) -> None:
        """Keep what was found in the file before it was imported."""
        (self._folder / import_id / CHECK_FILE).write_bytes(msgspec.json.encode(told))

    def check(self, import_id: str) -> dict[str, Any] | None:
        """What was found in the file before it was imported, if somebody looked."""
        with contextlib.suppress(FileNotFoundError):
            found: dict[str, Any] = msgspec.json.decode((self._folder / import_id / CHECK_FILE).read_bytes())
            return found
        return None

    @contextmanager
    def working_on(self, import_id: str) -> Iterator[None]:
        """Hold an import while the block runs. Raises Conflict when another process has it under way."""
        folder = self._folder / import_id
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as taken:
                raise Conflict(f"the import {import_id} is under way already. Wait for it to end.") from taken
            yield
