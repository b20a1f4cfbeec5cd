"""zuji doctor: is everything well? Lag, loss, spool, disk, versions, locks and alarms; the exit code says it too."""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import typer
from rich.text import Text

from zuji import __version__
from zuji.cli.asking import DEFAULT_DATA, DataOption, RunningEngine, running_engine
from zuji.cli.bounds import spool_limits
from zuji.cli.lock import ENGINE_LOCK, FOLDER_LOCK
from zuji.cli.output import JsonOption, out, print_json
from zuji.collect.health import STATUS_FILE, read_status
from zuji.collect.inputs.report import InputReport, read_report
from zuji.collect.spool_files import measure
from zuji.settings import load_settings

Verdict = Literal["well", "look", "wrong"]
COLOURS: dict[Verdict, str] = {"well": "green", "look": "yellow", "wrong": "red"}

LAG_LOOK_MS = 5_000
LAG_WRONG_MS = 60_000
TAGS_LOOK_MS = 1_000
MOST_CHANGES = 5
DAY_S = 86_400
FREE_LOOK = 0.10
FREE_WRONG = 0.02
PACKAGES = ("chdb", "clickhouse-connect", "polars", "pyarrow", "fastapi")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is, how it is, and what to do when it is not well."""

    name: str
    verdict: Verdict
    says: str
    advice: str = ""


def doctor(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """Look at everything that can go wrong. Exit code 0 when all is well, 1 when something needs you."""
    engine = running_engine(data) if data.is_dir() else None
    findings = examine(data, engine)
    wrong = any(finding.verdict == "wrong" for finding in findings)
    if as_json:
        print_json({"well": not wrong, "findings": [finding.__dict__ for finding in findings]})
    else:
        for finding in findings:
            _show(finding)
    raise typer.Exit(1 if wrong else 0)


def examine(data: Path, engine: RunningEngine | None) -> list[Finding]:
    """All findings, the most telling first."""
    findings: list[Finding] = []
    if not data.is_dir():
        return [Finding("data folder", "wrong", f"{data} does not exist", f"zuji serve --data {data} makes it")]
    if engine is None:
        findings.append(Finding("server", "wrong", "no server is running here", f"start it: zuji serve --data {data}"))
        findings += _failed_start(data)
    else:
        findings.append(Finding("server", "well", "running"))
        findings += judge_health(engine.ask("GET", "/api/v1/health"))
        findings += judge_changes(_changes_of_today(engine))
        reports = (read_report(data, name) for name in load_settings(data, os.environ).inputs)
        findings += judge_inputs([report for report in reports if report is not None])
    findings.append(judge_disk(*_free_share(data)))
    findings += _spool(data)
    findings += [_lock(data, FOLDER_LOCK), _lock(data, ENGINE_LOCK)]
    findings.append(Finding("versions", "well", versions()))
    return findings


def judge_health(health: dict[str, Any]) -> list[Finding]:
    """What the engine says about itself, judged."""
    lag, lost = int(health["lag_ms"]), int(health["lost"])
    waiting = int(health["figures"].get("requests_waiting", 0))
    how: Verdict = "wrong" if lag > LAG_WRONG_MS else "look" if lag > LAG_LOOK_MS else "well"
    findings = [
        Finding(
            "lag",
            how,
            f"{lag / 1000:.1f} s, {waiting} requests waiting",
            "" if how == "well" else "nothing is lost: it waits in the spool. If it grows, look at the engine's log",
        ),
        Finding(
            "loss",
            "wrong" if lost else "well",
            f"{lost} events unexplained",
            "the accounts do not close: please report this defect" if lost else "",
        ),
    ]
    findings += _tags(health["figures"])
    findings += [Finding("alarm", "wrong", alarm) for alarm in health["alarms"]]
    return findings


def _failed_start(data: Path) -> list[Finding]:
    """Why the engine could not start, when that was the last it said. A report with a time is of one that ran."""
    report = read_status(data / STATUS_FILE)
    return [] if "at" in report else [Finding("alarm", "wrong", said) for said in report.get("alarms", ())]


def judge_changes(changes: list[dict[str, Any]]) -> list[Finding]:
    """New events and properties of the last day. What broke is an alarm already."""
    new = [one for one in changes if one["kind"] in ("event_new", "property_new")]
    return [
        Finding(
            "tracking plan",
            "look",
            f"{one['event']} {one['property']}".rstrip() + f": {one['kind'].replace('_', ' ')}",
            "zuji plan show tells what arrives and what is planned",
        )
        for one in new[:MOST_CHANGES]
    ]


def judge_inputs(reports: list[InputReport]) -> list[Finding]:
    """The inputs that run. One that fails or is silent is an alarm already."""
    return [
        Finding(f"input {report.name}", "well", f"{report.taken:,} taken, {report.rejected:,} of them set aside")
        for report in reports
        if report.state == "running"
    ]


def _changes_of_today(engine: RunningEngine) -> list[dict[str, Any]]:
    since = int((time.time() - DAY_S) * 1000)
    found: list[dict[str, Any]] = []
    for workspace in engine.ask("GET", "/api/v1/workspaces")["workspaces"]:
        query = {"workspace": workspace["id"], "from": since}
        found += engine.ask("GET", "/api/v1/plan/changes", query=query)["changes"]
    return found


def _tags(figures: dict[str, float]) -> list[Finding]:
    """How long it took from receipt to readable tag. Without a change of late there is nothing to say."""
    findings = []
    if figures.get("tag_latency_changes"):
        p50, p95, p99 = (figures[f"tag_latency_{name}_ms"] for name in ("p50", "p95", "p99"))
        says = f"receipt to readable in {p50:.0f} ms (p50), {p95:.0f} ms (p95), {p99:.0f} ms (p99) over five minutes"
        how: Verdict = "look" if p99 > TAGS_LOOK_MS else "well"
        advice = "" if how == "well" else "a flood, a backfill or a busy machine makes tags late; none is lost"
        findings.append(Finding("live tags", how, says, advice))
    if figures.get("tag_backfilled", 1.0) < 1:
        share = figures["tag_backfilled"]
        findings.append(
            Finding("backfill of tags", "well", f"{share:.0%} of the people looked at with the newest rules")
        )
    return findings


def judge_disk(free: int, total: int) -> Finding:
    """The free space, judged by its share."""
    share = free / total if total else 0.0
    how: Verdict = "wrong" if share < FREE_WRONG else "look" if share < FREE_LOOK else "well"
    advice = "" if how == "well" else "make room: when the disk is full, clients are told to keep their events"
    return Finding("disk", how, f"{free / 2**30:.1f} GB free of {total / 2**30:.1f} GB", advice)


def _free_share(data: Path) -> tuple[int, int]:
    usage = shutil.disk_usage(data)
    return usage.free, usage.total


def _spool(data: Path) -> list[Finding]:
    folder = data / "spool"
    if not folder.is_dir():
        return []
    state = measure(folder, spool_limits(load_settings(data, os.environ)))
    how: Verdict = "wrong" if state.full or state.failing else "look" if state.alarm else "well"
    says = f"{state.bytes / 2**20:.1f} MB, {state.untaken_bytes / 2**20:.1f} MB of it not yet taken in"
    return [Finding("spool", how, says, state.reason)]


def _lock(data: Path, name: str) -> Finding:
    """A lock file that names a process which is gone is no harm: the lock itself ended with it."""
    path = data / name
    holder = path.read_text().strip() if path.exists() else ""
    alive = bool(holder) and Path(f"/proc/{holder}").exists()
    return Finding(f"lock {name}", "well", f"held by the process {holder}" if alive else "free")


def versions() -> str:
    """Python, zuji and the packages that matter when something is wrong."""
    found = [f"zuji {__version__}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join([f"Python {sys.version.split()[0]}", *found])


def _show(finding: Finding) -> None:
    line = Text(f"{finding.verdict:<6}", style=COLOURS[finding.verdict])
    line.append(f"{finding.name:<18}", style="bold")
    line.append(finding.says)
    if finding.advice:
        line.append(f"  → {finding.advice}", style="dim")
    out.print(line, soft_wrap=True)
