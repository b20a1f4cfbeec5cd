"""What stands behind the API's port for uploads: files that wait in the data folder to be looked at and imported."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from zuji.cli.clock import now_ms
from zuji.cli.filled_imports import UPLOAD_CAP, EngineImports
from zuji.cli.import_check import apart, check
from zuji.collect.importing.guess import Guess, guess
from zuji.collect.importing.looking import columns_in
from zuji.collect.importing.mapping import document_of_mapping, mapping_of
from zuji.collect.importing.run import Order
from zuji.collect.importing.sources import NO_BOUND
from zuji.collect.importing.toml_text import toml_of
from zuji.collect.importing.uploads import Upload, Uploads
from zuji.govern.keys import Keys
from zuji.terms.error import Busy, NotFound, ZujiError
from zuji.terms.source import Source, SourceSettings

CHECKS_AT_ONCE = 2
"""Each is a process that takes a processor and some hundred megabytes."""


class EngineUploads:
    """Fills `api.ports.Uploads`."""

    def __init__(self, data: Path, *, imports: EngineImports, keys: Keys, most_bytes: int) -> None:
        self._imports, self._keys, self._most_bytes = imports, keys, most_bytes
        self._uploads = Uploads(data, now_ms=now_ms)
        self._room_for_imports = data / "uploads"
        self._checks = threading.BoundedSemaphore(CHECKS_AT_ONCE)

    @property
    def most_bytes(self) -> int:
        """See the port."""
        return self._most_bytes

    def place(self, workspace: str, upload_id: str, name: str) -> Path:
        """See the port."""
        return self._uploads.place(workspace, upload_id, name)

    def offer(self, workspace: str, upload_id: str, *, name: str, size: int, lines: int) -> Mapping[str, Any]:
        """See the port."""
        upload = Upload(id=upload_id, workspace=workspace, file=name, size=size, lines=lines, uploaded_at=now_ms())
        self._uploads.offer(upload)
        return _plain(upload)

    def all(self, workspace: str) -> Sequence[Mapping[str, Any]]:
        """See the port."""
        return [_plain(one) for one in self._uploads.all(workspace)]

    def get(self, workspace: str, upload_id: str) -> Mapping[str, Any]:
        """See the port."""
        return _plain(self._uploads.get(workspace, upload_id))

    def remove(self, upload_id: str) -> None:
        """See the port."""
        self._uploads.remove(upload_id)

    def look(self, workspace: str, upload_id: str, mapping: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """See the port."""
        with self._named(workspace, upload_id) as (_, path):
            return self._apart(look_at, path, mapping)

    def check(self, workspace: str, upload_id: str, source: str, *, mapping: Mapping[str, Any]) -> Mapping[str, Any]:
        """See the port."""
        checked = mapping_of(mapping)
        with self._named(workspace, upload_id) as (upload, path):
            order = Order(
                path=path,
                name=upload.file,
                mapping=checked,
                source=self._judged_as(workspace, source),
                own_source=True,
                cap=UPLOAD_CAP,
            )
            found = self._apart(check, order, now_ms())
            self._uploads.note_check(upload, {"mapping": document_of_mapping(checked), "found": found})
            return found

    def _apart(self, work: Callable[..., dict[str, Any]], *given: Any) -> dict[str, Any]:
        if not self._checks.acquire(timeout=30):
            raise Busy(f"{CHECKS_AT_ONCE} files are being looked at already. Try again in a moment.")
        try:
            return apart(work, *given)
        finally:
            self._checks.release()

    def begin(
        self, workspace: str, upload_id: str, source: str, *, mapping: Mapping[str, Any], actor: str
    ) -> Mapping[str, Any]:
        """See the port."""
        with self._named(workspace, upload_id) as (upload, path):
            self._room_for_imports.mkdir(exist_ok=True)
            # Under a name of its own the import may remove it, and the upload stays for another try.
            linked = self._room_for_imports / f"{uuid.uuid4().hex}{path.suffix}"
            os.link(path, linked)
            try:
                begun = self._imports.begin(workspace, source, linked, name=upload.file, mapping=mapping, actor=actor)
            except BaseException:
                linked.unlink(missing_ok=True)
                raise
            checked = self._uploads.check(upload)
            if checked is not None and checked["mapping"] == begun["mapping"]:
                self._imports.note_check(begun["id"], _without_rows(checked["found"]))
            return begun

    def _judged_as(self, workspace: str, name: str) -> Source:
        """The source with its settings; one that is yet to be made has those of sources made for imports."""
        try:
            return self._keys.source(workspace, name)
        except NotFound:
            settings = msgspec.convert(NO_BOUND, SourceSettings)
            return Source(id="", workspace=workspace, name=name, channel="other", settings=settings)

    @contextmanager
    def _named(self, workspace: str, upload_id: str) -> Iterator[tuple[Upload, Path]]:
        """An upload and where it is; whoever is told of a mistake knows the file by its name, not by our path."""
        upload = self._uploads.get(workspace, upload_id)
        path = self._uploads.path(upload)
        try:
            yield upload, path
        except FileNotFoundError as gone:
            raise NotFound(f"the uploaded file {upload.file} is gone. Upload it again.") from gone
        except ZujiError as failure:
            if str(path) not in str(failure):
                raise
            raise type(failure)(str(failure).replace(str(path), upload.file)) from failure


def look_at(path: Path, mapping: Mapping[str, Any] | None) -> dict[str, Any]:
    """A mapping for a file, guessed or given, and what its columns hold."""
    found = guess(path) if mapping is None else Guess(mapping_of(mapping), {})
    return {
        "mapping": document_of_mapping(found.mapping),
        "notes": found.notes,
        "toml": toml_of(found.mapping, notes=found.notes),
        "columns": [one._asdict() for one in columns_in(path, found.mapping, cap=UPLOAD_CAP)],
    }


def _without_rows(found: Mapping[str, Any]) -> dict[str, Any]:
    """The figures alone: example rows are people's, and must outlive neither the upload nor an undo."""
    causes = [{name: value for name, value in one.items() if name not in ("row", "message")} for one in found["causes"]]
    return {**{name: value for name, value in found.items() if name != "rejects"}, "causes": causes}


def _plain(upload: Upload) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(upload)
    return {**plain, "expires_at": upload.expires_at}
