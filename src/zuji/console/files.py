"""What a path of the console stands for: the page, one of its files, or nothing. Nothing is read here.

The page itself names files by hashes of their content, so those never change and may be kept for ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

BUILT = Path(__file__).parent / "built"
"""Where web/build.py puts the built console. It is no part of the repository, but part of the wheel."""
PAGE = "index.html"
ASSET = re.compile(r"assets/[A-Za-z0-9_-][A-Za-z0-9._-]*")
"""No slash beyond the first, no leading dot: nothing outside the folder can be named."""
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"


@dataclass(frozen=True)
class Found:
    """A file to send: where it is, what it is, and how long it may be kept."""

    file: Path
    type: str
    keeping: str
    encoding: str | None = None


def find(name: str, built: Path, *, accepts_gzip: bool) -> Found | None:
    """The file of the built console under this name; compressed where that is there and wanted."""
    kept_for_ever = ASSET.fullmatch(name) is not None
    type_ = TYPES.get(Path(name).suffix)
    if type_ is None or not (kept_for_ever or name == "mark.svg"):
        return None
    file, keeping = built / name, FOR_EVER if kept_for_ever else ASK_EACH_TIME
    compressed = file.with_name(file.name + ".gz")
    if accepts_gzip and compressed.is_file():
        return Found(compressed, type_, keeping, "gzip")
    return Found(file, type_, keeping) if file.is_file() else None
