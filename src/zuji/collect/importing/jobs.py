"""Imports that the operator has set up: folders to look into and queries to ask, in `imports.toml` of the data folder.

Only that file names folders of the machine and databases: neither a request nor a mapping can.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from zuji.terms.document import Document, Name, Text, read_document
from zuji.terms.error import BadRequest, NotFound

FILE_NAME = "imports.toml"


class Job(Document, frozen=True, kw_only=True):
    """One of them: files of a `folder` that fit a `pattern`, or the rows of a `query` on a `url`.

    `mapping` is a file, beside this one unless its path is absolute. A password belongs into the environment:
    `$NAME` in a `url` is taken from there.
    """

    name: Name
    source: Name
    mapping: Name
    workspace: Name = "default"
    channel: Text = "other"
    folder: Text = ""
    pattern: Name = "*"
    url: Text = ""
    query: Text = ""

    def __post_init__(self) -> None:
        if (self.folder != "") == (self.url != ""):
            raise ValueError(f"the import {self.name!r} has either a `folder` or a `url` with a `query`")
        if self.url and not self.query:
            raise ValueError(f"the import {self.name!r} has a `url` and no `query`")


class _Jobs(Document, frozen=True, kw_only=True):
    imports: tuple[dict[str, Any], ...] = msgspec.field(name="import", default=())


def load_jobs(data: Path, *, name: str = "") -> list[Job]:
    """The jobs of a data folder, or the one of this name. Raises BadRequest or NotFound."""
    path = data / FILE_NAME
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise NotFound(
            f"there is no {path}. Imports that run by themselves are set there, see docs/imports.md."
        ) from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as mistake:
        raise BadRequest(f"{path} is not valid TOML: {mistake}.") from mistake
    jobs = [read_document(Job, one) for one in read_document(_Jobs, document).imports]
    if len({job.name for job in jobs}) != len(jobs):
        raise BadRequest(f"{path} names an import twice.")
    wanted = [job for job in jobs if name in ("", job.name)]
    if name and not wanted:
        raise NotFound(f"{path} has no import {name!r}. It has: {', '.join(job.name for job in jobs)}.")
    return wanted
