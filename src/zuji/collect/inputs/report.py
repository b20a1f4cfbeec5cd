"""How each input is doing, in a file of its own: written by its process, read by the engine and by `zuji doctor`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

FOLDER = "inputs"
SILENT_AFTER_MS = 30_000
"""An input writes its report every few seconds, also when nothing comes; one that does not is stuck or gone."""

InputState = Literal["starting", "running", "failing"]


class InputReport(msgspec.Struct, frozen=True, kw_only=True):
    """`taken` and `rejected` count messages since the process began; `since` is when the state began.

    Times are milliseconds since 1970.
    """

    name: str
    kind: str
    state: InputState
    reason: str = ""
    since: int
    at: int
    taken: int = 0
    rejected: int = 0


def folder_of(data: Path, name: str) -> Path:
    """Where an input keeps its report and what it remembers."""
    return data / FOLDER / name


def write_report(data: Path, report: InputReport) -> None:
    """Replace the report, in one step."""
    folder = folder_of(data, report.name)
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / "report.json.new"
    beside.write_bytes(msgspec.json.encode(report))
    beside.replace(folder / "report.json")


def read_report(data: Path, name: str) -> InputReport | None:
    """The last report of an input; None when there is none."""
    try:
        return msgspec.json.decode((folder_of(data, name) / "report.json").read_bytes(), type=InputReport)
    except (OSError, msgspec.DecodeError):
        return None


def complaint(name: str, report: InputReport | None, *, now_ms: int, expected_since: int) -> str:
    """What is wrong with an input, in words; empty when nothing is.

    `expected_since`: from when on there should be a report. A stopped machine leaves an old one, which says nothing.
    """
    silent_for = now_ms - max(report.at if report else 0, expected_since)
    if silent_for > SILENT_AFTER_MS:
        return f"the input {name} gives no sign of life for {silent_for // 1000} s. Look at the log of zuji serve."
    if report is not None and report.state == "failing":
        return f"the input {name} fails: {report.reason} It is tried again by itself; nothing acknowledged is lost."
    return ""


class InputsWatch:
    """Looks after the inputs from the engine's side; a `Loop` of `run.status`, whose failure is an alarm."""

    def __init__(self, data: Path, names: Sequence[str], *, now_ms: Callable[[], int]) -> None:
        self._data, self._names, self._now_ms = data, tuple(names), now_ms
        self._since = now_ms()

    @property
    def failure(self) -> str | None:
        """What is wrong with any of them."""
        now = self._now_ms()
        said = (
            complaint(name, read_report(self._data, name), now_ms=now, expected_since=self._since)
            for name in self._names
        )
        return " ".join(filter(None, said)) or None
