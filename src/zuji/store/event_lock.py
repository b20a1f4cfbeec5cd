"""Who may open an event folder: one process at a time, spawned and not forked, one folder per process.

The engine itself only says "error initialising" when another process holds its folder, and in a forked child it
never answers at all. So the rules are kept here, with messages that say what to do.
"""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path
from typing import IO

from zuji.store.failure import StoreBusy
from zuji.terms.error import Conflict

_forked_with_engine = False
_open_here: Path | None = None


def _after_fork() -> None:
    global _forked_with_engine
    if "chdb" in sys.modules:
        _forked_with_engine = True


os.register_at_fork(after_in_child=_after_fork)


def refuse_fork() -> None:
    """Raise when this process was forked from one that had the engine loaded: its threads are gone, it would hang."""
    if _forked_with_engine:
        raise Conflict(
            f"process {os.getpid()} was forked from one that had the event store's engine loaded, so the engine "
            "would hang here. Start such processes with the spawn method."
        )


class FolderLock:
    """The right to use one event folder, held until `release`. Dies with the process, whatever kills it."""

    def __init__(self, folder: Path) -> None:
        global _open_here
        refuse_fork()
        if _open_here is not None:
            raise Conflict(
                f"this process has the event folder {_open_here} open, and the engine takes one per process. "
                f"Close that store before opening {folder}, or share it."
            )
        self._file = _locked(folder)
        _open_here = folder

    def release(self) -> None:
        """Give the folder back. Doing so twice is harmless."""
        global _open_here
        if not self._file.closed:
            self._file.close()
            _open_here = None


def _locked(folder: Path) -> IO[str]:
    """The lock file beside the folder, locked and carrying our pid."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    file = open(folder.with_name(folder.name + ".lock"), "a+")  # noqa: SIM115 - held while the store is open
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        pid = file.read().strip() or "unknown"
        file.close()
        raise StoreBusy(
            f"the event folder {folder} is in use by process {pid}. Ask that process, or stop it first."
        ) from None
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file
