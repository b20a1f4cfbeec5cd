"""The reader for a file, by the format that the mapping names."""

from __future__ import annotations

from pathlib import Path

from zuji.collect.importing.chunk import Reader
from zuji.collect.importing.files import MOST_INFLATED
from zuji.collect.importing.mapping import Mapping
from zuji.collect.importing.readers.delimited import DelimitedReader
from zuji.collect.importing.rejects import RejectsReader, is_rejects_file


def open_reader(path: Path, mapping: Mapping, *, cap: int = MOST_INFLATED) -> Reader:
    """The reader of a file. A file of rejects is known by its header, whatever format it was rejected from."""
    if is_rejects_file(path):
        return RejectsReader(path, mapping, cap=cap)
    return DelimitedReader(path, mapping, cap=cap)
