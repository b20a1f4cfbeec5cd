"""The reader and the composer for a file, by the format that its mapping names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec
import polars as pl

from zuji.collect.importing.chunk import Chunk, Reader
from zuji.collect.importing.files import MOST_INFLATED
from zuji.collect.importing.mapping import WIRE_FORMATS, Format, Mapping
from zuji.collect.importing.messages import Composer, Written
from zuji.collect.importing.presets import SNOWPLOW_COLUMNS, completed
from zuji.collect.importing.readers.access_log import AccessLogReader
from zuji.collect.importing.readers.delimited import DelimitedReader
from zuji.collect.importing.readers.json_lines import JsonLinesReader, WireReader
from zuji.collect.importing.readers.parquet import ParquetReader
from zuji.collect.importing.readers.sheet import SheetReader
from zuji.collect.importing.rejects import RejectsReader, is_rejects_file
from zuji.collect.importing.wire import WireComposer
from zuji.terms.source import SourceSettings


class Writes(Protocol):
    """Makes messages of chunks."""

    def write(self, chunk: Chunk, ids: pl.Series) -> Written:
        """The messages of a chunk whose rows have these ids."""


def open_reader(path: Path, mapping: Mapping, *, cap: int = MOST_INFLATED) -> Reader:
    """The reader of a file. A file of rejects is known by its header, whatever format it was rejected from."""
    whole = completed(mapping)
    if is_rejects_file(path):
        return RejectsReader(path, whole, cap=cap)
    return _READERS[whole.format](path, whole, cap)


def open_composer(mapping: Mapping, columns: tuple[str, ...], settings: SourceSettings) -> Writes:
    """What makes messages of the chunks of such a file."""
    if mapping.format in WIRE_FORMATS:
        return WireComposer(mapping, settings)
    return Composer(completed(mapping), columns, max_bytes=settings.max_event_bytes)


def _snowplow(path: Path, mapping: Mapping, cap: int) -> Reader:
    written = msgspec.structs.replace(mapping, delimiter="\t", quote="", header=False)
    return DelimitedReader(path, written, cap=cap, fixed=SNOWPLOW_COLUMNS)


_READERS: dict[Format, Callable[[Path, Mapping, int], Reader]] = {
    "csv": lambda path, mapping, cap: DelimitedReader(path, mapping, cap=cap),
    "json_lines": lambda path, mapping, cap: JsonLinesReader(path, mapping, cap=cap),
    "parquet": lambda path, mapping, _: ParquetReader(path),
    "excel": lambda path, mapping, cap: SheetReader(path, mapping, cap=cap),
    "access_log": lambda path, mapping, cap: AccessLogReader(path, mapping, cap=cap),
    "snowplow": _snowplow,
    **dict.fromkeys(WIRE_FORMATS, lambda path, mapping, cap: WireReader(path, mapping, cap=cap)),
}
