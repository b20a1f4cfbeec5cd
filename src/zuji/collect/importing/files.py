"""Files as streams: inflated within a bound, and as UTF-8 whatever they were written in."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zipfile
import zlib
from hashlib import blake2b
from pathlib import Path
from typing import IO, cast

from zuji.terms.error import BadRequest

GIGABYTE = 1024 * 1024 * 1024
MOST_INFLATED = 64 * GIGABYTE
"""A gzip of 64 MB can hold that much of nothing; a table of that size has half a billion rows."""
UNREADABLE = "\ufffd"
"""Stands in the text where bytes were none in the file's encoding. Rows that have it are set aside."""

_BLOCK = 1 << 20
_BLANKS = re.compile(rb"[ \t]+")
_EDGES = re.compile(rb"(?m)^\t|\t(?=\r?$)")


class BadFile(BadRequest):
    """A file that cannot be read as what it is said to be."""

    code = "bad_file"


def fingerprint(path: Path) -> str:
    """What tells a file from every other one: the hash of its bytes."""
    hasher = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            hasher.update(block)
    return hasher.hexdigest()


def open_file(path: Path, *, cap: int = MOST_INFLATED) -> IO[bytes]:
    """The bytes of a file; of an archive (gzip, or zip with one file in it) those that it holds, at most `cap`."""
    file = path.open("rb")
    magic = file.read(4)
    file.seek(0)
    if magic[:2] == b"\x1f\x8b":
        return io.BufferedReader(_Inflated(cast(IO[bytes], gzip.GzipFile(fileobj=file)), path, cap), _BLOCK)
    if magic == b"PK\x03\x04" and path.suffix.lower() not in (".xlsx", ".xlsm", ".ods", ".xlsb"):
        return io.BufferedReader(_Inflated(_only_member(file, path), path, cap), _BLOCK)
    return file


def as_utf8(stream: IO[bytes], encoding: str) -> IO[bytes]:
    """The same text in UTF-8, without a byte order mark. What is no text in `encoding` becomes U+FFFD."""
    return io.BufferedReader(_Transcoded(stream, encoding), _BLOCK)


def squeezed(stream: IO[bytes]) -> IO[bytes]:
    """Columns set apart by blanks, as columns set apart by one tab each."""
    return io.BufferedReader(_Squeezed(stream), _BLOCK)


def _only_member(file: IO[bytes], path: Path) -> IO[bytes]:
    try:
        archive = zipfile.ZipFile(file)
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) != 1:
            raise BadFile(f"{path} holds {len(members)} files; an archive to import holds one. Take them out first.")
        return archive.open(members[0])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as damage:
        raise BadFile(f"{path} is no zip archive that can be read: {damage}.") from damage


class _Through(io.RawIOBase):
    """A stream made of another one, block by block."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._waiting = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        while not self._waiting and not self._ended:
            self._waiting = self._next()
        taken = self._waiting[: len(view)]
        view[: len(taken)] = taken
        self._waiting = self._waiting[len(taken) :]
        return len(taken)

    def _next(self) -> bytes:
        """The next block, not empty before the end; sets `_ended` with the last one."""
        raise NotImplementedError

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Inflated(_Through):
    """What an archive holds, counted."""

    def __init__(self, stream: IO[bytes], path: Path, cap: int) -> None:
        super().__init__(stream)
        self._path, self._cap, self._size = path, cap, 0

    def _next(self) -> bytes:
        try:
            block = self._stream.read(_BLOCK)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as damage:
            raise BadFile(f"the archive {self._path} is damaged: {damage}.") from damage
        self._size += len(block)
        if self._size > self._cap:
            raise BadFile(f"{self._path} inflates to more than {self._cap:,} bytes. Cut it into smaller files.")
        self._ended = not block
        return block


class _Transcoded(_Through):
    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        super().__init__(stream)
        name = codecs.lookup(encoding).name
        self._decoder = codecs.getincrementaldecoder("utf-8-sig" if name == "utf-8" else name)(errors="replace")

    def _next(self) -> bytes:
        block = self._stream.read(_BLOCK)
        self._ended = not block
        return self._decoder.decode(block, final=self._ended).encode(errors="replace")


class _Squeezed(_Through):
    """Whole lines at a time, so that a run of blanks is never cut in two."""

    def _next(self) -> bytes:
        block = self._stream.read(_BLOCK) + self._stream.readline()
        self._ended = not block
        return _EDGES.sub(b"", _BLANKS.sub(b"\t", block))
