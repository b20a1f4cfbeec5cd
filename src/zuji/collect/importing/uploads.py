"""Files that somebody uploaded to be imported: looked at, checked, imported, and gone after a day.

A folder for each, named by its id: the file, `upload.json`, and `check.json` with what was found in it. Of the name
that a client wrote nothing but a known ending becomes part of a path.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from zuji.terms.error import Busy, NotFound

FOLDER = "uploaded"
KEPT_MS = 24 * 60 * 60 * 1000
SWEPT_EVERY_S = 3600.0
MOST_IN_WORKSPACE = 20
MOST_WAITING = 1_000
"""Uploads at once in a data folder: a page that uploads in a loop must not fill the disk with folders."""
KNOWN_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
"""A workbook is known by its ending; every other format by its first bytes."""


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file that waits to be imported. `lines`: line ends in it, which tell about how many rows it has."""

    id: str
    workspace: str
    file: str
    size: int
    lines: int
    uploaded_at: int

    @property
    def expires_at(self) -> int:
        """When it is deleted."""
        return self.uploaded_at + KEPT_MS


class Uploads:
    """All uploads of a data folder. Any thread may call."""

    def __init__(self, data: Path, *, now_ms: Callable[[], int]) -> None:
        self._folder, self._now_ms = data / FOLDER, now_ms
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self.sweep()

    def place(self, workspace: str, upload_id: str, name: str) -> Path:
        """Where the body of a new upload is to be written. Raises Busy when very many wait already."""
        self.sweep()
        if len(self.all(workspace)) >= MOST_IN_WORKSPACE:
            raise Busy(f"{MOST_IN_WORKSPACE} uploaded files wait in this workspace already. Import or remove some.")
        if self._folder.exists() and len(list(self._folder.iterdir())) >= MOST_WAITING:
            raise Busy(f"{MOST_WAITING} uploaded files wait already. Import or remove some; each goes after a day.")
        (self._folder / upload_id).mkdir(parents=True)
        return self._file(upload_id, name)

    def offer(self, upload: Upload) -> None:
        """The body is whole: from now on it can be found."""
        self._write(upload.id, "upload.json", upload)
        self._arm()

    def get(self, workspace: str, upload_id: str) -> Upload:
        """One upload. Raises NotFound."""
        found = self._find(upload_id)
        if found is None or found.workspace != workspace:
            raise NotFound(f"there is no uploaded file {upload_id!r:.80} in this workspace; each is kept for a day.")
        return found

    def all(self, workspace: str) -> list[Upload]:
        """The uploads of a workspace, newest first."""
        names = [path.name for path in self._folder.iterdir()] if self._folder.exists() else []
        found = [one for name in names if (one := self._find(name)) is not None and one.workspace == workspace]
        return sorted(found, key=lambda one: (one.uploaded_at, one.id), reverse=True)

    def path(self, upload: Upload) -> Path:
        """Where the file is."""
        return self._file(upload.id, upload.file)

    def note_check(self, upload: Upload, told: Mapping[str, Any]) -> None:
        """Keep what was found in a file, to stand beside what comes of its import."""
        with contextlib.suppress(FileNotFoundError):  # removed while it was looked at
            self._write(upload.id, "check.json", told)

    def check(self, upload: Upload) -> dict[str, Any] | None:
        """What was found in a file when it was looked at last."""
        with contextlib.suppress(FileNotFoundError):
            found: dict[str, Any] = msgspec.json.decode((self._folder / upload.id / "check.json").read_bytes())
            return found
        return None

    def remove(self, upload_id: str) -> None:
        """Delete an upload, whole or half."""
        shutil.rmtree(self._folder / upload_id, ignore_errors=True)

    def sweep(self) -> None:
        """Delete what was uploaded more than a day ago, also what never became whole."""
        oldest = self._now_ms() - KEPT_MS
        for folder in self._folder.iterdir() if self._folder.exists() else ():
            with contextlib.suppress(FileNotFoundError):
                told = folder / "upload.json"  # written once, while a check renews the time of the folder
                if (told if told.exists() else folder).stat().st_mtime * 1000 < oldest:
                    self.remove(folder.name)
        self._arm()

    def _arm(self) -> None:
        """Look again in an hour while anything waits."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._folder.exists() and any(self._folder.iterdir()):
                self._timer = threading.Timer(SWEPT_EVERY_S, self.sweep)
                self._timer.daemon = True
                self._timer.start()

    def _find(self, upload_id: str) -> Upload | None:
        if not upload_id.isalnum():
            return None
        with contextlib.suppress(FileNotFoundError):
            found = msgspec.json.decode((self._folder / upload_id / "upload.json").read_bytes(), type=Upload)
            return found if found.expires_at > self._now_ms() else None
        return None

    def _file(self, upload_id: str, name: str) -> Path:
        suffix = Path(name).suffix.lower()
        return self._folder / upload_id / f"file{suffix if suffix in KNOWN_SUFFIXES else ''}"

    def _write(self, upload_id: str, name: str, document: object) -> None:
        """Whole or not at all."""
        target = self._folder / upload_id / name
        beside = target.with_name(f"{name}.{os.getpid()}.{threading.get_ident()}")
        beside.write_bytes(msgspec.json.encode(document))
        beside.replace(target)
