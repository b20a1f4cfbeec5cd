"""The browser SDK, as the gateway hands it to pages: built from `sdk/browser`, read once, answered from memory.

`/sdk/zuji.js` is always the newest and asked for again after an hour; `/sdk/zuji.<version>.js` never changes, so that
a page can name its hash; `/sdk/snippet.js` is what takes calls early; `/sdk/surveys.js` asks questions where a page has
some; `/sdk/overlay.js` points at elements where a page was opened from the console; `/sdk/zuji.json` says version, file
and hash.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from zuji.collect.decode.answers import json_answer
from zuji.collect.decode.request import Response

PREFIX = "/sdk/"
BUILT = Path(__file__).parent / "built"
_VERSION = re.compile(r"/\*! zuji (\S+) ")
_READING = ("GET", "HEAD")
_AN_HOUR = "public, max-age=3600"
_FOR_EVER = "public, max-age=31536000, immutable"
_EVERYBODY = ("access-control-allow-origin", "*")
"""A page that names the hash of a script may only load it with permission; it is the same for all, without cookies."""


@dataclass(frozen=True)
class SdkFile:
    """One file: as it is, packed, and what its caches should know."""

    body: bytes
    packed: bytes
    media_type: str
    caching: str

    @property
    def etag(self) -> str:
        """Changes with the content alone."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


def sdk_answer(method: str, path: str, headers: Mapping[str, str]) -> Response:
    """The answer to a request below `/sdk/`."""
    if method not in _READING:
        return json_answer(405, {"code": "wrong_method", "message": "take it with GET"}, ("allow", "GET, HEAD"))
    file = sdk_files().get(path.removeprefix(PREFIX))
    if file is None:
        known = ", ".join(PREFIX + name for name in sdk_files())
        return json_answer(404, {"code": "no_file", "message": f"there are {known}"}, _EVERYBODY)
    told = (_EVERYBODY, ("cache-control", file.caching), ("etag", file.etag), ("vary", "Accept-Encoding"))
    if headers.get("if-none-match") == file.etag:
        return Response(304, told)
    whole = (*told, ("content-type", file.media_type), ("x-content-type-options", "nosniff"))
    if "gzip" in headers.get("accept-encoding", ""):
        return Response(200, (*whole, ("content-encoding", "gzip")), file.packed)
    return Response(200, whole, file.body)


@cache
def sdk_files() -> dict[str, SdkFile]:
    """All of them by name. Some kilobytes, read when the first page asks."""
    script = (BUILT / "zuji.js").read_bytes()
    snippet = (BUILT / "snippet.js").read_bytes()
    surveys = (BUILT / "surveys.js").read_bytes()
    overlay = (BUILT / "overlay.js").read_bytes()
    version = version_of(script)
    described = {"version": version, "file": f"zuji.{version}.js", "integrity": integrity_of(script)}
    return {
        "zuji.js": _file(script, _AN_HOUR),
        f"zuji.{version}.js": _file(script, _FOR_EVER),
        "snippet.js": _file(snippet, _AN_HOUR),
        "surveys.js": _file(surveys, _AN_HOUR),
        "overlay.js": _file(overlay, _AN_HOUR),
        "zuji.json": _file(msgspec.json.encode(described), _AN_HOUR, "application/json"),
    }


def version_of(script: bytes) -> str:
    """As the build wrote it into the first line.

    >>> version_of(b"/*! zuji 1.2.3 | Apache-2.0 */ ...")
    '1.2.3'
    """
    found = _VERSION.match(script[:100].decode("utf-8", errors="replace"))
    if found is None:
        raise ValueError("the built SDK does not begin with its version; run `npm run build` in sdk/browser")
    return found[1]


def integrity_of(script: bytes) -> str:
    """What a page writes into `integrity` to be sure that it runs this very script.

    >>> integrity_of(b"")[:20]
    'sha384-OLBgp1GsljhM2'
    """
    return f"sha384-{base64.b64encode(hashlib.sha384(script).digest()).decode()}"


def _file(body: bytes, caching: str, media_type: str = "text/javascript; charset=utf-8") -> SdkFile:
    return SdkFile(body, gzip.compress(body, 9, mtime=0), media_type, caching)
