"""The whole data folder at one moment, copied while collecting goes on; and back.

During the pause, which lasts milliseconds, nothing is copied: the SQLite files are held by read transactions, the
event store's parts and the files of seen ids by hard links. Copying follows at leisure.

The hot state is held before the event store is. So what the hot state calls stored is in the parts, and what its
outbox still holds may be there too: after a restore the outbox is compared by position, as after a crash. The spool
is held whole; rows behind the hot state's position are taken in again.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from zuji.store.backup_manifest import FORMAT, FileEntry, Manifest, Summary, copy_file, entry_of, write_manifest
from zuji.store.event_migrations import applied
from zuji.store.events import EventStore
from zuji.store.freezing import BACKUP, FrozenPart, freeze, frozen_parts, rows_of, thaw
from zuji.store.restore import restore
from zuji.store.snapshots import Snapshot, snapshot
from zuji.terms.error import BadRequest, Busy, Conflict

__all__ = ["backup", "restore"]

HOT = "hot.sqlite"
META = "meta.sqlite"
SETTINGS = "zuji.toml"
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Held:
    """Everything of one moment, held but not yet copied."""

    hot: Snapshot
    others: tuple[Snapshot, ...]
    seen: Path
    parts: tuple[FrozenPart, ...]
    event_migrations: tuple[str, ...]


def backup(
    data: Path,
    target: Path,
    *,
    pause: AbstractContextManager[object],
    events: EventStore | None = None,
    now_ms: int = 0,
) -> Summary:
    """Copy the data folder to `target`, which must not exist yet.

    Inside `pause` no batch commits. `events` is the store when this process has it open; without it the store is
    opened here, so nobody else may be using it. Raises BadRequest for a target that exists or a store on a server.
    """
    if target.exists():
        raise BadRequest(f"{target} exists already; name a folder that does not.")
    if not _one_at_a_time.acquire(blocking=False):
        raise Conflict("a backup is being made already; wait for it to end.")
    beside = target.with_name(target.name + ".unfinished")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        with _opened(data, events) as store, ExitStack() as held_until_copied:
            beside.mkdir(parents=True)
            with pause:
                held = _hold(data, store, held_until_copied)
            manifest = _copy(data, held, beside, now_ms)
        write_manifest(beside, manifest)
        beside.rename(target)
        return manifest.summary
    except OSError as failure:
        raise Busy(f"the backup could not be written to {target}: {failure}.") from failure
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        _one_at_a_time.release()


@contextmanager
def _opened(data: Path, events: EventStore | None) -> Iterator[EventStore]:
    if events is not None:
        yield events
        return
    with snapshot(data / HOT) as hot:
        taken = hot.rows("SELECT 1 FROM sequence LIMIT 1")
    store = EventStore.open(data / "events", expected="used" if taken else "any")
    try:
        yield store
    finally:
        store.close()


def _hold(data: Path, store: EventStore, stack: ExitStack) -> Held:
    """Hold everything, hot state first (see the top of this file)."""
    root = store.folder
    if root is None:
        raise BadRequest("the event store is a server: back it up there, with its own BACKUP statement.")
    seen = data / "backups" / ".seen"
    stack.callback(shutil.rmtree, seen, ignore_errors=True)
    shutil.rmtree(seen, ignore_errors=True)
    _link_files(data / "seen", seen)
    hot = stack.enter_context(snapshot(data / HOT))
    _link_files(data / "seen", seen)  # again: a file may have been finished between the links and the snapshot
    _check_seen(hot, seen)
    others = list(_hold_files(stack, [data / META, *sorted(data.glob("spool/*/*.sqlite"))]))
    client = store.connections.connect({})
    stack.callback(client.close)
    stack.callback(thaw, client, BACKUP)
    freeze(client, BACKUP)
    parts = frozen_parts(client, root, BACKUP)
    return Held(hot, tuple(others), seen, tuple(parts), tuple(applied(client)))


def _hold_files(stack: ExitStack, files: list[Path]) -> Iterator[Snapshot]:
    """Snapshots of those files that exist. A spool file taken in for good may be deleted while we look."""
    for file in files:
        try:
            yield stack.enter_context(snapshot(file))
        except Busy:
            if file.exists():
                raise


def _link_files(folder: Path, target: Path) -> None:
    """Hard links to the files of a folder, which are written once and never changed."""
    target.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*"):
        link = target / file.name
        if file.suffix != ".part" and not link.exists():
            try:
                os.link(file, link)
            except FileNotFoundError:
                continue  # merged away since it was listed: then nobody names it any more


def _check_seen(hot: Snapshot, seen: Path) -> None:
    """Whether every file of ids that the hot state names is among the links."""
    missing = [name for (name,) in hot.rows("SELECT file FROM seen_run") if not (seen / str(name)).exists()]
    if missing:
        raise Busy(f"the files of seen ids changed during the backup ({missing[0]}). Try again.")


def _copy(data: Path, held: Held, target: Path, now_ms: int) -> Manifest:
    files: dict[str, FileEntry] = {}
    for taken in (held.hot, *held.others):
        name = taken.file.relative_to(data)
        taken.copy_to(target / "data" / name)
        files[f"data/{name}"] = entry_of(target / "data" / name)
    for file in sorted(held.seen.iterdir()):
        files[f"data/seen/{file.name}"] = copy_file(file, target / "data" / "seen" / file.name)
    if (data / SETTINGS).exists():
        files[f"data/{SETTINGS}"] = copy_file(data / SETTINGS, target / "data" / SETTINGS)
    for part in held.parts:
        for file in sorted(path for path in part.folder.rglob("*") if path.is_file()):
            name = Path("events", part.table, part.name, file.relative_to(part.folder))
            files[str(name)] = copy_file(file, target / name)
    return _manifest(data, held, files, now_ms)


def _manifest(data: Path, held: Held, files: dict[str, FileEntry], now_ms: int) -> Manifest:
    spool = {f"{gateway}/{file}": row for gateway, file, row in held.hot.rows("SELECT * FROM spool_position")}
    [(outbox,)] = held.hot.rows("SELECT count(*) FROM outbox")
    [(sequence,)] = held.hot.rows("SELECT coalesce(max(value), 0) FROM sequence")
    parts: dict[str, list[str]] = {}
    for part in held.parts:
        parts.setdefault(part.table, []).append(part.name)
    summary = Summary(
        format=FORMAT,
        event_migrations=held.event_migrations,
        events=sum(rows_of(part) for part in held.parts if part.table == "events"),
        outbox_batches=int(str(outbox)),
        sequence=int(str(sequence)),
        spool_files=sum(1 for taken in held.others if taken.file.parent.parent == data / "spool"),
        files=len(files),
        bytes=sum(entry.bytes for entry in files.values()),
        created_at=now_ms,
    )
    return Manifest(summary, {name: int(str(row)) for name, row in spool.items()}, parts, files)
