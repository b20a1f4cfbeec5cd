"""The table of regions as one compact file of the data folder: what a person loaded, ready to be asked."""

from __future__ import annotations

import os
from pathlib import Path

import lz4.frame
import msgspec
import numpy as np

from zuji.clean.regions.find import Remembering
from zuji.clean.regions.table import Prefixes, Region, RegionTable, built_in
from zuji.terms.error import BadRequest

FILE_NAME = "regions.bin"
FORMAT = 1
MOBILE_DIGITS = 7


class _Stored(msgspec.Struct, frozen=True):
    format: int
    regions: tuple[Region, ...]
    successors: dict[str, str]
    traditional: str
    simplified: str
    mobile_starts: bytes
    mobile_codes: bytes
    postcodes: dict[str, str]
    area_codes: dict[str, tuple[str, ...]]


def write_table(table: RegionTable, file: Path) -> None:
    """Write a table; a reader sees the former one or this one, never a half."""
    stored = _Stored(
        FORMAT,
        tuple(table.regions.values()),
        dict(table.successors),
        "".join(map(chr, table.simplified)),
        "".join(table.simplified.values()),
        table.mobiles.starts.astype("<u4").tobytes(),
        table.mobiles.codes.astype("<u4").tobytes(),
        dict(table.postcodes),
        dict(table.area_codes),
    )
    new = file.with_suffix(".new")
    new.write_bytes(lz4.frame.compress(msgspec.msgpack.encode(stored), compression_level=9))
    os.replace(new, file)


def read_table(file: Path) -> RegionTable:
    """The inverse. Raises BadRequest for a file that is none of ours."""
    try:
        stored = msgspec.msgpack.decode(lz4.frame.decompress(file.read_bytes()), type=_Stored)
    except (RuntimeError, msgspec.DecodeError) as error:
        raise BadRequest(f"{file} is no table of regions; make it anew with `zuji region load`.") from error
    starts, codes = (np.frombuffer(each, "<u4") for each in (stored.mobile_starts, stored.mobile_codes))
    return RegionTable(
        {each.code: each for each in stored.regions},
        stored.successors,
        dict(zip(map(ord, stored.traditional), stored.simplified, strict=True)),
        Prefixes(MOBILE_DIGITS, starts.astype(np.uint32), codes.astype(np.uint32)),
        stored.postcodes,
        stored.area_codes,
    )


class KnownRegions:
    """The table that holds now: what lies in the data folder, or what is built in. A new file holds at once."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._stamp: tuple[int, int] | None = None
        self._known: Remembering | None = None

    def now(self) -> Remembering:
        """The table, to be asked."""
        stamp = self._stamp_of_file()
        if self._known is None or stamp != self._stamp:
            self._stamp = stamp
            self._known = Remembering(read_table(self._file) if stamp and self._file else built_in())
        return self._known

    def _stamp_of_file(self) -> tuple[int, int] | None:
        if self._file is None:
            return None
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size
