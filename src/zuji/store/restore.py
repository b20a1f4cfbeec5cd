"""Bringing a backup back into an empty data folder, every file checked against its checksum."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path, PurePosixPath

from zuji.store.backup_manifest import FileEntry, Manifest, Summary, copy_file, read_manifest, sync
from zuji.store.connections import read_table
from zuji.store.events import EventStore
from zuji.store.freezing import TABLES, attach
from zuji.terms.error import BadRequest, Busy

_WAITING = "restoring-parts"


def restore(source: Path, data: Path) -> Summary:
    """Rebuild the data folder `data` (missing or empty) from the backup in `source`.

    Everything is built beside `data` and renamed at the end: a restore that fails leaves nothing half done. Raises
    BadRequest when the backup is damaged or the folder holds something. No other event store may be open here.
    """
    manifest = read_manifest(source)
    if data.exists() and any(data.iterdir()):
        raise BadRequest(f"{data} is not empty; name a folder that is empty or missing.")
    beside = data.absolute().with_name(data.name + ".restoring")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True)
        _copy(source, beside, manifest)
        _attach(beside, manifest)
        (beside / "events.lock").unlink(missing_ok=True)
        if data.exists():
            data.rmdir()
        beside.rename(data)
        sync(data.absolute().parent)
    except OSError as failure:
        raise Busy(f"the backup could not be restored to {data}: {failure}.") from failure
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return manifest.summary


def _copy(source: Path, beside: Path, manifest: Manifest) -> None:
    for name, expected in manifest.files.items():
        kind, place = _place_of(name)
        if not (source / name).is_file():
            raise BadRequest(f"the backup is damaged: {name} is missing.")
        target = beside / place if kind == "data" else beside / _WAITING / place
        _check(name, copy_file(source / name, target), expected)


def _place_of(name: str) -> tuple[str, PurePosixPath]:
    """Where a file of the backup belongs: below the data folder, or among the event store's parts. Nowhere else."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or path.parts[0] not in ("data", "events") or len(path.parts) < 2:
        raise BadRequest(f"the backup's manifest names {name!r}, which lies outside of it.")
    return path.parts[0], PurePosixPath(*path.parts[1:])


def _check(name: str, found: FileEntry, expected: FileEntry) -> None:
    if found != expected:
        raise BadRequest(
            f"the backup is damaged: {name} has {found.bytes} bytes with checksum {found.sha256[:12]}, "
            f"its manifest says {expected.bytes} with {expected.sha256[:12]}. Use another backup."
        )


def _attach(beside: Path, manifest: Manifest) -> None:
    """Make the event store as it was declared then, put the parts in, then bring it up to date."""
    migrations = manifest.summary.event_migrations
    with closing(EventStore.open(beside / "events", up_to=max(migrations))) as store:
        known = set(store.migrations())
        if missing := [name for name in migrations if name not in known]:
            raise BadRequest(f"the backup was made by a newer zuji (it has {missing[0]}). Update zuji first.")
        client = store.connections.connect({})
        with closing(client):
            for table in TABLES:
                folders = [beside / _WAITING / table / part for part in manifest.parts.get(table, [])]
                attach(client, table, folders)
            [rows] = read_table(client, "SELECT count() AS n FROM zuji.events")["n"].to_pylist()
    if rows != manifest.summary.events:
        raise BadRequest(f"the backup is damaged: it holds {rows} events, its manifest says {manifest.summary.events}.")
    shutil.rmtree(beside / _WAITING, ignore_errors=True)
    EventStore.open(beside / "events").close()
