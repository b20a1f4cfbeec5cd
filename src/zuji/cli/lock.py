"""One owner per data folder: a lock that ends with its process, however that ends, and names it meanwhile."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zuji.terms.error import Busy

FOLDER_LOCK = "lock"
"""Held by whoever is in charge of the folder: `zuji serve`, or a command that works on the folder at rest."""

ENGINE_LOCK = "engine.lock"
"""Held by the engine process itself. A new engine waits here until an orphaned one has ended in good order."""

POLL_S = 0.05


class FolderInUse(Busy):
    """Another process has this folder."""

    code = "folder_in_use"


@contextmanager
def owned(data: Path, *, name: str = FOLDER_LOCK, wait_s: float = 0.0) -> Iterator[None]:
    """Hold a lock of the folder while the block runs. Raises FolderInUse, naming the holder, when it stays taken."""
    data.mkdir(parents=True, exist_ok=True)
    descriptor = _opened(data / name)
    try:
        _take(descriptor, data, time.monotonic() + wait_s)
        with contextlib.suppress(OSError):  # the lock holds without its holder's name, on a full disk too
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    """The lock file; one that exists can be locked on a read-only disk too."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as refused:
        if refused.errno != errno.EROFS or not path.exists():
            raise
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _take(descriptor: int, data: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip() or "unknown"
                raise FolderInUse(
                    f"the data folder {data} is in use by the process {holder}. Stop that one, or use another folder."
                ) from taken
            time.sleep(POLL_S)
        else:
            return
