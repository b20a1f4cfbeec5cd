"""A file line by line, in pieces of many lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from zuji.collect.importing.chunk import ROWS
from zuji.collect.importing.files import BadFile, as_utf8, open_file

LONGEST_LINE = 64 << 20


class Lines(NamedTuple):
    """Some lines that are not blank, with their numbers in the file."""

    texts: list[str]
    numbers: list[int]


def read_lines(path: Path, *, encoding: str, cap: int) -> Iterator[Lines]:
    """All lines of a file, a chunk of them at a time."""
    texts: list[str] = []
    numbers: list[int] = []
    with as_utf8(open_file(path, cap=cap), encoding) as stream:
        number = 0
        while line := stream.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                raise BadFile(f"line {number} of {path} is longer than {LONGEST_LINE:,} bytes.")
            if text := line.decode(errors="replace").strip("\r\n"):
                texts.append(text)
                numbers.append(number)
            if len(texts) == ROWS:
                yield Lines(texts, numbers)
                texts, numbers = [], []
    if texts:
        yield Lines(texts, numbers)
