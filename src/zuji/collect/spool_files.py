"""The spool's folder: which files there are, how large they are, which may go.

spool/<gateway>/0000000001.sqlite    segments; the one with the highest number is written, the others are closed
spool/<gateway>/lock                 held by the one process that writes there
spool/taken.json                     the closed files that the engine has wholly taken; it alone writes this
spool/nudge.sock                     where a writer tells the reader that there is something new
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from zuji.collect.spool import SpoolLimits, SpoolState

SEGMENT_SUFFIX = ".sqlite"
COMPANIONS = ("-wal", "-shm")
"""What SQLite keeps beside a file; the write-ahead log may hold the newest rows."""
TAKEN_FILE = "taken.json"
NUDGE_SOCKET = "nudge.sock"

FileName = tuple[str, str]


@dataclass(frozen=True)
class SpoolFile:
    """One segment as it lies on the disk, write-ahead log included. Closed means: nothing is added any more."""

    gateway: str
    file: str
    bytes: int
    modified_ns: int
    closed: bool

    @property
    def name(self) -> FileName:
        """Gateway and file, as positions name them."""
        return self.gateway, self.file


def segment_name(number: int) -> str:
    """Padded, so that the order of names is the order of writing."""
    return f"{number:010d}{SEGMENT_SUFFIX}"


def segment_names(gateway_folder: Path) -> list[str]:
    """The segments of one gateway, oldest first; none when the folder is not there."""
    try:
        return sorted(name for name in os.listdir(gateway_folder) if name.endswith(SEGMENT_SUFFIX))
    except (FileNotFoundError, NotADirectoryError):
        return []


def list_names(folder: Path) -> list[tuple[str, list[str]]]:
    """Every gateway with its segments, both in order of name."""
    try:
        gateways = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
    except FileNotFoundError:
        return []
    return [(gateway, names) for gateway in gateways if (names := segment_names(folder / gateway))]


def list_files(folder: Path) -> list[SpoolFile]:
    """Every segment with its size. A file that vanishes meanwhile is left out."""
    files = []
    for gateway, names in list_names(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                path = folder / gateway / name
                status = path.stat()
                size = status.st_size + size_or_nothing(path.with_name(name + "-wal"))
                files.append(SpoolFile(gateway, name, size, status.st_mtime_ns, closed=name != names[-1]))
    return files


def size_or_nothing(path: Path) -> int:
    """The size of a file that may not be there."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def delete_segment(folder: Path, name: FileName) -> None:
    """Delete a segment whole. The log goes last: a crash in between leaves a log without a file, which says nothing."""
    path = folder / name[0] / name[1]
    path.unlink(missing_ok=True)
    for companion in COMPANIONS:
        path.with_name(path.name + companion).unlink(missing_ok=True)


def read_taken(folder: Path) -> frozenset[FileName]:
    """The closed files the engine said it has wholly taken. Without a readable word from it: none."""
    try:
        return frozenset(msgspec.json.decode((folder / TAKEN_FILE).read_bytes(), type=list[FileName]))
    except (OSError, msgspec.DecodeError):
        return frozenset()


def write_taken(folder: Path, taken: Iterable[FileName]) -> None:
    """Replace the list in one step. Not synced: losing it makes the writers careful, never careless."""
    draft = folder / (TAKEN_FILE + ".new")
    draft.write_bytes(msgspec.json.encode(sorted(taken)))
    draft.replace(folder / TAKEN_FILE)


def free_bytes(folder: Path) -> int:
    """What this process may still write on the disk of a folder."""
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut; syncing a file does not do that."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def measure(folder: Path, limits: SpoolLimits) -> SpoolState:
    """How the spool stands now."""
    files, taken = list_files(folder), read_taken(folder)
    untaken = sum(file.bytes for file in files if file.name not in taken)
    return decide_state(
        total=sum(file.bytes for file in files), untaken=untaken, free=free_bytes(folder), limits=limits
    )


def decide_state(*, total: int, untaken: int, free: int, limits: SpoolLimits) -> SpoolState:
    """Full beats alarm; the spool's own bound is named before the disk's."""
    kept_alarm = untaken >= limits.max_bytes * limits.alarm_at
    left_alarm = free * limits.alarm_at < limits.min_free_bytes
    if not kept_alarm and not left_alarm:
        return SpoolState(bytes=total, untaken_bytes=untaken, free_bytes=free)
    kept = f"{untaken:,} bytes wait for the engine, {limits.max_bytes:,} are allowed"
    left = f"{free:,} bytes are free on the disk, {limits.min_free_bytes:,} must stay free"
    full = kept if untaken >= limits.max_bytes else left if free < limits.min_free_bytes else ""
    reason = full or (kept if kept_alarm else left)
    return SpoolState(bytes=total, untaken_bytes=untaken, free_bytes=free, alarm=True, full=bool(full), reason=reason)


def decide_discard(
    files: Sequence[SpoolFile], taken: Collection[FileName], *, free: int, limits: SpoolLimits
) -> list[FileName]:
    """Which files go: the oldest of the taken ones, until the rest fits what may be kept for replay.

    Replay yields to new requests: what is kept shrinks to the room the untaken files leave under `max_bytes`, and by
    whatever the disk lacks to keep `min_free_bytes` free.
    """
    ours = sorted((file for file in files if file.name in taken), key=lambda file: (file.modified_ns, file.name))
    held = sum(file.bytes for file in ours)
    untaken = sum(file.bytes for file in files) - held
    lacking = max(0, limits.min_free_bytes - free)
    allowed = max(0, min(limits.keep_taken_bytes, limits.max_bytes - untaken, held - lacking))
    doomed = []
    for file in ours:
        if held <= allowed:
            break
        doomed.append(file.name)
        held -= file.bytes
    return doomed
