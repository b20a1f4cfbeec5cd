"""Whether this gateway takes events in, and how far behind the engine is, without asking the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from zuji.collect.decode.answers import json_answer
from zuji.collect.decode.request import Response
from zuji.collect.spool import SpoolState

STATUS_FILE = "status.json"
"""Where the engine reports, in the data folder."""

STALE_AFTER_MS = 5_000
"""The engine rewrites its status every second."""
DOWN_AFTER_MS = 30_000

OPEN_FIGURES = ("lag_ms", "lost", "requests_waiting", "rows_waiting")
"""What everybody may read of the engine's report. The rest of it names sources, events and people's data."""

EngineState = Literal["running", "stale", "down"]


def health_answer(spool: SpoolState, status_file: Path, *, now_ms: int) -> Response:
    """200 while requests are taken in, 503 when not; the body says so in words, with the engine's lag and loss.

    Whoever reaches the collecting port reads it: it tells how many alarms stand. Which they are is told to a token.
    """
    accepting = not (spool.full or spool.failing)
    report = read_status(status_file)
    engine = engine_state(report, now_ms=now_ms)
    alarms = len(report.get("alarms", ()))
    said: dict[str, Any] = {
        **{name: report[name] for name in OPEN_FIGURES if name in report},
        "alarms": alarms,
        "status": decide_status(accepting=accepting, alarm=spool.alarm or alarms > 0, engine=engine),
        "accepting": accepting,
        "engine": engine,
        "spool": spool.__dict__,
    }
    return json_answer(200 if accepting else 503, said, ("cache-control", "no-store"))


def decide_status(*, accepting: bool, alarm: bool, engine: EngineState) -> str:
    """Refusing beats degraded beats ok. A stopped engine only delays: what is accepted waits in the spool."""
    if not accepting:
        return "refusing"
    return "degraded" if alarm or engine != "running" else "ok"


def engine_state(report: dict[str, Any], *, now_ms: int) -> EngineState:
    """By the age of its last word.

    >>> engine_state({"at": 1_000}, now_ms=2_000), engine_state({"at": 1_000}, now_ms=9_000), engine_state({}, now_ms=0)
    ('running', 'stale', 'down')
    """
    at = report.get("at")
    if not isinstance(at, int) or now_ms - at > DOWN_AFTER_MS:
        return "down"
    return "stale" if now_ms - at > STALE_AFTER_MS else "running"


def read_status(status_file: Path) -> dict[str, Any]:
    """What the engine last said about itself; nothing when it never did."""
    try:
        return msgspec.json.decode(status_file.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError):
        return {}
