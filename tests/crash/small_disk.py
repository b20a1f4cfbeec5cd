"""A disk of our own for a data folder: small, so that it can be full, and remountable, so that it can be read-only."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

MEGABYTE = 1024 * 1024
CHUNK = 256 * 1024
GONE_WITHIN_S = 30.0


@dataclass(frozen=True)
class SmallDisk:
    """A tmpfs mounted on a folder."""

    folder: Path

    @property
    def ballast(self) -> Path:
        """What somebody else puts on the same disk."""
        return self.folder / "ballast"

    def fill(self, leave: int = 0) -> None:
        """Put ballast on the disk until only `leave` bytes are free, to the last byte if that is 0."""
        with self.ballast.open("ab", buffering=0) as file:
            while (free := self.free()) > leave:
                try:
                    file.write(bytes(min(CHUNK, free - leave)))
                except OSError:
                    return

    def free(self) -> int:
        """The bytes that may still be written."""
        status = os.statvfs(self.folder)
        return status.f_bavail * status.f_frsize

    def clear(self) -> None:
        """Take the ballast away again."""
        self.ballast.unlink()

    def remount(self, mode: str) -> None:
        """Make it read-only ("ro") or writable ("rw").

        The kernel refuses the former while a file is open for writing, so processes that were killed must be gone.
        """
        deadline = time.monotonic() + GONE_WITHIN_S
        while True:
            try:
                return _mount("-o", f"remount,{mode}", str(self.folder))
            except subprocess.CalledProcessError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[SmallDisk]:
    """Mount a disk of that size on a folder for the block. Skips the test where mounting is not allowed."""
    folder.mkdir(parents=True)
    try:
        _mount("-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "zuji-test", str(folder))
    except (OSError, subprocess.CalledProcessError) as refused:
        pytest.skip(f"a small disk cannot be mounted here (needs root and CAP_SYS_ADMIN): {refused}")
    try:
        yield SmallDisk(folder)
    finally:
        with contextlib.suppress(OSError):
            (folder / "ballast").unlink()
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True, text=True)
