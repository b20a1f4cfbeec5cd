"""Memory held by code that ran once, at loading."""

from __future__ import annotations

import ctypes
import mmap
import sys
from collections.abc import Iterator
from pathlib import Path

MAPS = Path("/proc/self/smaps")
WORTH_KB = 1024


def let_go_of_loaded_code(library: str = "_chdb.abi3.so") -> int:
    """Give back the pages of a large library that only its loading needed. Gives how many bytes were let go of.

    Loading the event store's engine reads 160 MB of it, of which 60 MB are ever used again. Only pages that are the
    same in the file are let go of, so whichever is needed later comes back from there by itself.
    """
    if not sys.platform.startswith("linux"):
        return 0
    advise = ctypes.CDLL(None).madvise
    advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    return sum(end - start for start, end in _unchanged(library) if advise(start, end - start, mmap.MADV_DONTNEED) == 0)


def _unchanged(library: str) -> Iterator[tuple[int, int]]:
    """The mappings of a library (begin, end) that cannot be written to and in which nothing ever was."""
    try:
        lines = MAPS.read_text().splitlines()
    except OSError:
        return
    region: tuple[int, int] | None = None
    resident_kb = 0
    for line in lines:
        name, *values = line.split()
        if not name.endswith(":"):
            is_ours = line.endswith(f"/{library}") and values[0] in ("r-xp", "r--p")
            start, _, end = name.partition("-")
            region = (int(start, 16), int(end, 16)) if is_ours else None
        elif region is not None and name == "Rss:":
            resident_kb = int(values[0])
        elif region is not None and name == "Anonymous:" and values[0] == "0" and resident_kb >= WORTH_KB:
            yield region
