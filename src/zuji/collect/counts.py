"""What the gateways have taken in and refused, for the metrics: each process counts, and says so in a file.

The figures go on where an earlier process of the same name stopped, up to a second before a crash.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from zuji.collect.decode.request import Decoded, Outcome, Overload

log = logging.getLogger(__name__)

FOLDER = "gateways"
"""In the data folder: one file per gateway process."""
EVERY_S = 1.0

_KEY_REFUSALS = frozenset({401, 404})
"""No key, an unknown one, or one of a disabled source."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Requests to the paths that take data, what they held, and how many were refused for which kind of reason.

    `refused_too_many`: over a cap; `refused_unavailable`: nothing could be stored; `refused_key`: the key is missing,
    unknown or disabled; `refused_body`: what was sent cannot be used. `spool_bytes` is the whole spool's size.
    """

    requests: int = 0
    events: int = 0
    refused_too_many: int = 0
    refused_unavailable: int = 0
    refused_key: int = 0
    refused_body: int = 0
    spool_bytes: int = 0


class Counter:
    """Counts in one process. Only the event loop writes, so there is nothing to lock."""

    def __init__(self, before: Counts | None = None) -> None:
        self._counted = msgspec.structs.asdict(before or Counts())

    def note(self, outcome: Outcome) -> None:
        """One request has been answered.

        >>> counter = Counter(); counter.note(Decoded(b"[...]", 3)); counter.now(spool_bytes=9)
        Counts(requests=1, events=3, refused_too_many=0, refused_unavailable=0, refused_key=0, refused_body=0, \
spool_bytes=9)
        """
        counted = self._counted
        counted["requests"] += 1
        if isinstance(outcome, Decoded):
            counted["events"] += outcome.count
        elif isinstance(outcome, Overload):
            counted[f"refused_{outcome.kind}"] += 1
        else:
            counted["refused_key" if outcome.status in _KEY_REFUSALS else "refused_body"] += 1

    def now(self, *, spool_bytes: int) -> Counts:
        """What has been counted so far."""
        return Counts(**{**self._counted, "spool_bytes": spool_bytes})


class CountsFile:
    """Writes what a gateway counts to its file, every second, from a thread of its own."""

    def __init__(self, path: Path, *, spool_bytes: Callable[[], int]) -> None:
        self._path = path
        self._spool_bytes = spool_bytes
        self.counter = Counter(read_counts(path))
        self._written: Counts | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="counts", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write once more, then end."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        stopping = False
        while not stopping:
            stopping = self._stopping.wait(EVERY_S)
            with contextlib.suppress(OSError):  # on a disk that takes nothing, requests are what is told of it
                self._write(self.counter.now(spool_bytes=self._spool_bytes()))

    def _write(self, counts: Counts) -> None:
        if counts == self._written:
            return
        self._path.parent.mkdir(exist_ok=True)
        draft = self._path.with_suffix(".new")
        draft.write_bytes(msgspec.json.encode(counts))
        draft.replace(self._path)
        self._written = counts


def counts_path(data: Path, gateway: str) -> Path:
    """Where a gateway process says what it has counted."""
    return data / FOLDER / f"{gateway}.json"


def read_counts(path: Path) -> Counts:
    """What a file says; nothing when it says nothing that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Counts)
    except (OSError, msgspec.DecodeError):
        return Counts()


def all_counts(data: Path) -> Counts:
    """All gateways together. The spool is one for all of them: what it holds is not added up."""
    counted = [msgspec.structs.asdict(read_counts(path)) for path in sorted((data / FOLDER).glob("*.json"))]
    sizes = [counts.pop("spool_bytes") for counts in counted]
    sums = {name: sum(counts[name] for counts in counted) for name in Counts.__struct_fields__ if name != "spool_bytes"}
    return Counts(**sums, spool_bytes=max(sizes, default=0))
