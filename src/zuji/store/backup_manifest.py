"""What a backup says about itself: what it was made of, up to where, and the checksum of every file in it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from zuji.terms.error import BadRequest

FORMAT = 1
MANIFEST = "manifest.json"
_CHUNK = 4 * 1024 * 1024


class FileEntry(msgspec.Struct, frozen=True):
    """One file of a backup."""

    bytes: int
    sha256: str


class Summary(msgspec.Struct, frozen=True):
    """A backup in a few numbers. `events` are the rows of the event store; those in the outbox come back from it."""

    format: int
    event_migrations: tuple[str, ...]
    events: int
    outbox_batches: int
    sequence: int
    spool_files: int
    files: int
    bytes: int
    created_at: int = 0


class Manifest(msgspec.Struct, frozen=True):
    """A backup in full. `parts`: the event store's data parts by table. `spool`: per file the last row taken in."""

    summary: Summary
    spool: dict[str, int]
    parts: dict[str, list[str]]
    files: dict[str, FileEntry]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the manifest into the folder, as the last file of a backup."""
    path = folder / MANIFEST
    path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    sync(path)
    sync(folder)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BadRequest when this is none, or a newer program made it."""
    path = folder / MANIFEST
    if not path.is_file():
        raise BadRequest(f"{folder} is no finished backup: it has no {MANIFEST}.")
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except msgspec.DecodeError as failure:
        raise BadRequest(f"{path} is damaged or of another format: {failure}.") from failure
    if manifest.summary.format > FORMAT:
        raise BadRequest(f"{folder} was made by a newer zuji (format {manifest.summary.format}). Update zuji first.")
    return manifest


def copy_file(source: Path, target: Path) -> FileEntry:
    """Copy one file to disk and give its checksum, computed from the bytes written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as read, target.open("wb") as written:
        while chunk := read.read(_CHUNK):
            digest.update(chunk)
            written.write(chunk)
            size += len(chunk)
        written.flush()
        os.fsync(written.fileno())
    return FileEntry(size, digest.hexdigest())


def entry_of(path: Path) -> FileEntry:
    """Size and checksum of a file."""
    with path.open("rb") as file:
        return FileEntry(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def sync(path: Path) -> None:
    """Force a file or folder to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
